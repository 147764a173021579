/** What `model.json` in a pulled folder says of it. A folder that was copied by hand has none. */
export interface ModelRecord {
  readonly name: string;
  readonly repository: string;
  /** What was asked for, and the commit that it was then. */
  readonly revision: string;
  readonly commit: string;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  /** ISO 8601, UTC. */
  readonly pulled_at: string;
}

/** Null for anything else: people may edit or replace the file. */
export function parseModelRecord(text: string): ModelRecord | null {
  try {
    const record = JSON.parse(text) as Partial<Record<keyof ModelRecord, unknown>> | null;
    const texts = [record?.name, record?.repository, record?.revision, record?.commit, record?.pulled_at];
    return texts.every((value) => typeof value === 'string') ? (record as ModelRecord) : null;
  } catch {
    return null;
  }
}

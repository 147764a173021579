import { readFile } from 'node:fs/promises';
import path from 'node:path';

type Kind = 'speech' | 'speech-hard' | 'non-speech' | 'format' | 'bad';

/** What the benchmarks read of an entry of manifest.json. */
export interface ManifestEntry {
  /** From the folder of the set. */
  readonly path: string;
  readonly kind: Kind;
  /** Code, several joined by "+", null where nobody speaks. */
  readonly language: string | null;
  readonly duration_s: number | null;
  readonly expected: string;
  readonly reference?: string;
  readonly reference_path?: string;
  /** The beginning of what can be heard of a truncated file. */
  readonly reference_prefix?: string;
  readonly note?: string;
}

export async function readManifest(folder: string): Promise<ManifestEntry[]> {
  const text = await readFile(path.join(folder, 'manifest.json'), 'utf8');
  return (JSON.parse(text) as { files: ManifestEntry[] }).files;
}

/** The words that are spoken; empty where nobody speaks, null where nobody has written them down. */
export async function readReference(folder: string, entry: ManifestEntry): Promise<string | null> {
  if (entry.reference !== undefined) return entry.reference;
  if (entry.reference_path === undefined) return null;
  return readFile(path.join(folder, entry.reference_path), 'utf8');
}

/** Whether the error rate says something: not where a right answer may spell numbers as digits and does, nor where the set says so. */
export function isJudgedByText({ note = '' }: ManifestEntry, text: string): boolean {
  return !(note.includes('digits') && /\p{Nd}/u.test(text)) && !note.includes('not for an error rate');
}

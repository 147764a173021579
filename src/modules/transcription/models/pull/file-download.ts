import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { HubFile } from '../hub/hub-listing.js';
import type { ModelHub } from '../hub/model-hub.js';
import { withPatience } from '../hub/hub-patience.js';
import { verifyFile } from './file-hash.js';

/** Which file of which commit goes where. */
export interface FileOrder {
  readonly repository: string;
  readonly commit: string;
  readonly file: HubFile;
  readonly target: string;
}

/** Marks what is not yet whole, or not yet known to be right. */
export const PART = '.part';

/**
 * Brings one file here, going on from what an earlier attempt, also of an earlier process, has left. The file has its name only
 * once all of it was read back and is what the hub says it is.
 *
 * @param onProgress told how much of it is here
 * @returns its sha256
 * @throws AppError hub_*, model_checksum_mismatch
 */
export async function downloadFile(
  hub: ModelHub,
  order: FileOrder,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<string> {
  const { file, target } = order;
  const known = await verifyFile(target, file, signal);
  if (known !== null) return known;
  await rm(target, { force: true });
  const part = `${target}${PART}`;
  await mkdir(dirname(part), { recursive: true });
  let here = await sizeOf(part);
  const note = (bytes: number): void => {
    here = bytes;
    onProgress(bytes);
  };
  await withPatience(
    hub.patience,
    signal,
    () => fetchRest(hub, order, part, signal, note),
    () => here,
  );
  const sha256 = await verifyFile(part, file, signal);
  if (sha256 === null) {
    await rm(part);
    throw mismatch(file);
  }
  await rename(part, target);
  return sha256;
}

/** One attempt; what arrives stays, whatever happens. */
async function fetchRest(
  hub: ModelHub,
  { repository, commit, file }: FileOrder,
  part: string,
  signal: AbortSignal,
  note: (bytes: number) => void,
): Promise<void> {
  if ((await sizeOf(part)) > file.sizeBytes) await rm(part);
  const have = await sizeOf(part);
  if (have > 0 && have === file.sizeBytes) return;
  const content = await hub.openFile(repository, commit, file.path, have, signal);
  const handle = await open(part, content.offset === 0 ? 'w' : 'a');
  try {
    let length = content.offset;
    for await (const chunk of content.chunks) {
      length += chunk.length;
      if (length > file.sizeBytes) break;
      await handle.writeFile(chunk);
      note(length);
    }
    await handle.sync();
    if (length < file.sizeBytes) throw new AppError('hub_unreachable', 'The hub sent less than the file.');
    if (length === file.sizeBytes) return;
  } finally {
    await handle.close();
  }
  await rm(part);
  throw mismatch(file);
}

function mismatch(file: HubFile): AppError {
  return new AppError(
    'model_checksum_mismatch',
    `${file.path} is not the file that the hub lists: its checksum differs. It was thrown away; pull again.`,
  );
}

/** 0 for a file that is not there. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

import { readableBytes } from '../words/readable';

/** Why a file need not be sent at all; null when nothing speaks against it. The service looks at the content afterwards. */
export function refusalOf(file: File, maxBytes: number | null): string | null {
  if (file.size === 0) return `“${file.name}” is empty (0 bytes). Choose a recording with sound in it.`;
  if (maxBytes !== null && file.size > maxBytes) {
    return `“${file.name}” has ${readableBytes(file.size)}; the limit is ${readableBytes(maxBytes)}. A compressed format such as MP3 or M4A usually fits.`;
  }
  return null;
}

/** The one file of a drop, or the reason why there is none. */
export function fileOfDrop(transfer: DataTransfer): File | string {
  const files = [...transfer.files];
  if (files.length > 1) return `${files.length} files were dropped. Please drop one at a time.`;
  const entry = transfer.items[0]?.webkitGetAsEntry() ?? null;
  if (entry?.isDirectory === true) return 'That is a folder. Please drop a single recording.';
  return files[0] ?? 'There was no file in what was dropped.';
}

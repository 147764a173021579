const MAX_LENGTH = 255;
const UNNAMED = 'recording';

/** The name as people gave it, but without folders and control characters and not endless. It is shown, never used as a path. */
export function toStoredFilename(sent: string): string {
  const name = sent
    .replace(/^.*[/\\]/su, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim();
  return Array.from(name).slice(0, MAX_LENGTH).join('') || UNNAMED;
}

const MAX_LENGTH = 255;

/** A name as people gave it, but without folders and characters that cannot be seen, and not endless. For people, never a path; may be empty. */
export function toPlainFilename(sent: string): string {
  const name = sent
    .replace(/^.*[/\\]/su, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim();
  return Array.from(name).slice(0, MAX_LENGTH).join('');
}

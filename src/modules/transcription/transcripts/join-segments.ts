/** Languages that are written without spaces between words. */
export const WITHOUT_SPACES: readonly string[] = ['zh', 'ja', 'yue', 'th', 'lo', 'my', 'km', 'bo'];

/** The text of a transcript: its segments one after the other, as the language joins sentences. */
export function joinSegments(
  segments: readonly { readonly text: string }[],
  language: string | null,
): string {
  return segments.map(({ text }) => text).join(separatorIn(language));
}

/** What stands between two segments. */
export function separatorIn(language: string | null): string {
  return language !== null && WITHOUT_SPACES.includes(language) ? '' : ' ';
}

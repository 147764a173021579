/** What XML and terminals have no place for; tabs and line breaks are spaces by then. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** A text in one line: an empty one would end a subtitle, a break a line of the text file. */
export function plainLine(text: string): string {
  return text
    .replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ')
    .replaceAll('\t', ' ')
    .replace(UNPRINTABLE, '');
}

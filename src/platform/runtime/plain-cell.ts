/** A spreadsheet takes what begins like this for a formula, quoted or not; an apostrophe makes it a text. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** A text that is only a text in the cell of a spreadsheet. */
export function plainCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

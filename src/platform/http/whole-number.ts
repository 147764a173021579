/** For `@Transform`: digits only, since "1e3", "0x10" and "" are no numbers that people count by. */
export const toWholeNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;

/** For `@Transform`: a field of a query that may be repeated comes as text when it is not. */
export const toList = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? [value] : value;

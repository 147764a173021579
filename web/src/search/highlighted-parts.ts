interface Range {
  readonly start: number;
  readonly end: number;
}

export interface TextPart {
  readonly text: string;
  readonly found: boolean;
}

/**
 * A text in parts, by what was found in it; together they are the text.
 * @param ranges in order, without overlaps, as the service tells them
 */
export function highlightedParts(text: string, ranges: readonly Range[]): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    parts.push({ text: text.slice(at, start), found: false }, { text: text.slice(start, end), found: true });
    at = end;
  }
  parts.push({ text: text.slice(at), found: false });
  return parts.filter((part) => part.text !== '');
}

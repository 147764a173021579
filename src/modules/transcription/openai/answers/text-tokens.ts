import type { JobSegment, JobToken } from '../../../jobs/job-text.view.js';

/** In UTF-8, as the model writes them around a segment. */
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** The tokens of a text that is joined of segments, so that their bytes one after the other are exactly that text. */
export class TextTokens {
  private isFirst = true;

  /** @param separator what stands between this segment and the one before */
  next({ tokens = [] }: JobSegment, separator: string): JobToken[] {
    const [first, ...rest] = trimmed(tokens);
    const before = this.isFirst ? '' : separator;
    this.isFirst = false;
    return first === undefined
      ? []
      : [{ ...first, bytes: [...Buffer.from(before), ...first.bytes] }, ...rest];
  }
}

/** Without the spaces around them, which segments do not have either. */
function trimmed(tokens: readonly JobToken[]): JobToken[] {
  const ofStart = withoutLeadingSpaces(tokens);
  return withoutLeadingSpaces(ofStart.map(reversed).reverse()).map(reversed).reverse();
}

function reversed(token: JobToken): JobToken {
  return { ...token, bytes: [...token.bytes].reverse() };
}

function withoutLeadingSpaces(tokens: readonly JobToken[]): JobToken[] {
  const [first, ...rest] = tokens;
  if (first === undefined) return [];
  const begin = first.bytes.findIndex((byte) => !SPACES.has(byte));
  return begin === -1 ? withoutLeadingSpaces(rest) : [{ ...first, bytes: first.bytes.slice(begin) }, ...rest];
}

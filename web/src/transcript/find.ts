import { rewritten, type EditedSegment, type TranscriptDocument } from './document';

export interface FindOptions {
  readonly text: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
}

export interface Match {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Everything that is found, in the order of the text. */
export function findAll({ segments }: TranscriptDocument, options: FindOptions): Match[] {
  const pattern = patternOf(options);
  return pattern === null ? [] : segments.flatMap((segment) => matchesOf(segment, pattern));
}

function matchesOf({ key, text }: EditedSegment, pattern: RegExp): Match[] {
  return Array.from(text.matchAll(pattern), ({ 0: found, index }) => ({
    key,
    from: index,
    to: index + found.length,
  }));
}

export function replaceOne(
  document: TranscriptDocument,
  match: Match,
  replacement: string,
): TranscriptDocument {
  const segments = document.segments.map((segment) =>
    segment.key === match.key
      ? rewritten(segment, segment.text.slice(0, match.from) + replacement + segment.text.slice(match.to))
      : segment,
  );
  return { ...document, segments };
}

export function replaceAll(
  document: TranscriptDocument,
  options: FindOptions,
  replacement: string,
): TranscriptDocument {
  const pattern = patternOf(options);
  if (pattern === null) return document;
  const segments = document.segments.map((segment) => {
    // A function, since `$` means something in a text.
    const text = segment.text.replace(pattern, () => replacement);
    return text === segment.text ? segment : rewritten(segment, text);
  });
  return { ...document, segments };
}

/** Words end where neither letter, digit nor mark goes on, in every script. */
function patternOf({ text, matchCase, wholeWord }: FindOptions): RegExp | null {
  if (text === '') return null;
  const literal = text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  const part = String.raw`[\p{L}\p{N}\p{M}_]`;
  const source = wholeWord ? `(?<!${part})${literal}(?!${part})` : literal;
  return new RegExp(source, matchCase ? 'gu' : 'giu');
}

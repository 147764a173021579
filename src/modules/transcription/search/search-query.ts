/** A word or phrase that has to be there, or must not. */
export interface SearchTerm {
  readonly text: string;
  readonly isExcluded: boolean;
  /** It stood in quotes. */
  readonly isPhrase: boolean;
}

/** Quotes hold a phrase together, a minus before either excludes it. As `websearch_to_tsquery` reads it, but for `or`. */
const TERM = /(-?)(?:"([^"]*)"?|([^\s"]+))/gu;

/** What a query asks for, for texts that have no words to look up. */
export function parseTerms(query: string): SearchTerm[] {
  return [...query.matchAll(TERM)].flatMap(([, minus, phrase, word]) => {
    const text = (phrase ?? word ?? '').trim();
    return text === '' ? [] : [{ text, isExcluded: minus === '-', isPhrase: phrase !== undefined }];
  });
}

/** A query without what must not be there: it asks for nothing where it has stop words only. */
export function withoutExcluded(query: string): string {
  return query.replace(TERM, (term: string) => (term.startsWith('-') ? '' : term));
}

/** A query that leaves open how the words of a phrase stand to each other: the database leaves out words such as "the" and forgets places far into a text. */
export function withLoosePhrases(query: string): string {
  return query.replace(TERM, (term: string, minus: string, phrase: string | undefined) =>
    phrase === undefined || minus === '-' ? term : wordsOf(phrase).join(' '),
  );
}

/** Its words, without the signs between them. */
export function wordsOf(phrase: string): string[] {
  return phrase.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
}

/** What stands between words. Which signs are letters is not the same in every database. */
const BETWEEN = String.raw`[\s.,;:!?¿¡"'’‘“”„«»()\[\]…–—-]`;

/** A pattern of PostgreSQL for any of these phrases, as they are said. */
export function patternOf(phrases: readonly string[]): string {
  const patterns = phrases.map((phrase) => wordsOf(phrase).join(`${BETWEEN}+`));
  return `(^|${BETWEEN})(${patterns.join('|')})(${BETWEEN}|$)`;
}

/** A query that any word of this one meets: parts of a phrase may be in different segments. */
export function anyWordOf(terms: readonly SearchTerm[]): string {
  return terms
    .filter(({ isExcluded }) => !isExcluded)
    .flatMap(({ text }) => text.replaceAll('-', ' ').split(/\s+/u))
    .filter((word) => word !== '')
    .join(' or ');
}

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

/** A query that any word or phrase of this one meets, to show where they are. */
export function anyTermOf(terms: readonly SearchTerm[]): string {
  return terms
    .filter(({ isExcluded }) => !isExcluded)
    .map((term) => (term.isPhrase ? `"${term.text}"` : anyWordOf([term])))
    .filter((term) => term !== '')
    .join(' or ');
}

/** A query that any word of this one meets: parts of a phrase may be in different segments. */
export function anyWordOf(terms: readonly SearchTerm[]): string {
  return terms
    .filter(({ isExcluded }) => !isExcluded)
    .flatMap(({ text }) => text.replaceAll('-', ' ').split(/\s+/u))
    .filter((word) => word !== '')
    .join(' or ');
}

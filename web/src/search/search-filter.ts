import type { SearchTranscriptsData } from '@whisper-transcriber/client-sdk';
import { readDay, startOfDay } from '../words/days';

type SearchQuery = SearchTranscriptsData['query'];

/** What is searched for, as it stands in the address of the page. Empty texts: any. */
export interface SearchFilter {
  readonly q: string;
  readonly language: string;
  readonly model: string;
  /** Days, as `2026-11-28`. */
  readonly from: string;
  readonly to: string;
}

export function readFilter(query: URLSearchParams): SearchFilter {
  const get = (name: string): string => query.get(name) ?? '';
  return {
    q: get('q'),
    language: get('language'),
    model: get('model'),
    from: readDay(get('from')),
    to: readDay(get('to')),
  };
}

/** The query of the page's address. */
export function writeFilter(filter: SearchFilter): string {
  const set = Object.entries(filter).filter(([, value]) => value !== '');
  const query = new URLSearchParams(set as [string, string][]).toString();
  return query === '' ? '' : `?${query}`;
}

export function isNarrowed({ language, model, from, to }: SearchFilter): boolean {
  return [language, model, from, to].some((value) => value !== '');
}

/** What the API is asked for; null: there is nothing to ask. Days are those of the reader, the last one included. */
export function queryOf({ q, language, model, from, to }: SearchFilter): SearchQuery | null {
  if (q.trim() === '') return null;
  return {
    q: q.trim(),
    ...(language !== '' && { language }),
    ...(model !== '' && { model: model as NonNullable<SearchQuery['model']> }),
    ...(from !== '' && { created_after: startOfDay(from) }),
    ...(to !== '' && { created_before: startOfDay(to, 1) }),
  };
}

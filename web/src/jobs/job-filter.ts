import type { ListJobsData } from '@whisper-transcriber/client-sdk';
import { readDay, startOfDay } from '../words/days';
import { STATUSES, type JobStatus } from './job-words';

export type JobQuery = NonNullable<ListJobsData['query']>;

export const SORTS = {
  '-created_at': 'Newest first',
  created_at: 'Oldest first',
  '-duration': 'Longest first',
  duration: 'Shortest first',
} as const;
export type Sort = keyof typeof SORTS;

/** Which jobs are looked at, as it stands in the address of the page. Empty texts: any. */
export interface JobFilter {
  readonly text: string;
  readonly status: JobStatus | '';
  readonly model: string;
  readonly language: string;
  /** Days, as `2026-11-28`. */
  readonly from: string;
  readonly to: string;
  readonly sort: Sort;
}

export function readFilter(query: URLSearchParams): JobFilter {
  const get = (name: string): string => query.get(name) ?? '';
  return {
    text: get('text'),
    status: STATUSES.find((status) => status === get('status')) ?? '',
    model: get('model'),
    language: get('language'),
    from: readDay(get('from')),
    to: readDay(get('to')),
    sort: get('sort') in SORTS ? (get('sort') as Sort) : '-created_at',
  };
}

/** The query of the page's address; nothing for what is as it is without. */
export function writeFilter(filter: JobFilter): string {
  const set = Object.entries(filter).filter(
    ([name, value]) => value !== '' && !(name === 'sort' && value === '-created_at'),
  );
  const query = new URLSearchParams(set as [string, string][]).toString();
  return query === '' ? '' : `?${query}`;
}

export function isFiltered({ text, status, model, language, from, to }: JobFilter): boolean {
  return [text, status, model, language, from, to].some((value) => value !== '');
}

/** What the API is asked for. Days are those of the reader, the last one included. */
export function queryOf(filter: JobFilter): JobQuery {
  return {
    sort: filter.sort,
    ...(filter.text !== '' && { text: filter.text }),
    ...(filter.status !== '' && { status: [filter.status] }),
    ...(filter.model !== '' && { model: filter.model as NonNullable<JobQuery['model']> }),
    ...(filter.language !== '' && { language: filter.language }),
    ...(filter.from !== '' && { created_after: startOfDay(filter.from) }),
    ...(filter.to !== '' && { created_before: startOfDay(filter.to, 1) }),
  };
}

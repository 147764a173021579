import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { SqlCondition } from '../../../platform/database/sql-condition.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import { WITHOUT_SPACES } from '../transcripts/join-segments.js';
import { containing } from '../transcripts/text-condition.js';
import { MARK_END, MARK_START } from './highlights.js';
import {
  anyWordOf,
  parseTerms,
  patternOf,
  withLoosePhrases,
  withoutExcluded,
  wordsOf,
  type SearchTerm,
} from './search-query.js';
import type { SearchFilter, SearchPlace } from './search.view.js';

/** A text without words to look up has no better places than others. */
const SUBSTRING_RANK = 0.1;
/** A pattern that no text meets. */
const NOTHING = '(?!)';
const SNIPPETS_OF_HIT = 3;
const HEADLINE = `StartSel=${MARK_START}, StopSel=${MARK_END}, HighlightAll=true`;

export interface HitRow extends SearchPlace {
  readonly originalFilename: string;
  readonly language: string | null;
  readonly model: string;
  readonly createdAt: Date;
}

export interface SnippetRow {
  readonly jobId: string;
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  /** With marks around what was found, where the language has words to look up. */
  readonly marked: string;
}

@Injectable()
export class SearchRepository {
  constructor(private readonly em: EntityManager) {}

  /** Best first. */
  async list(
    owner: OwnerFilter,
    query: string,
    filter: SearchFilter,
    after: SearchPlace | null,
    limit: number,
  ): Promise<HitRow[]> {
    const { sql, values } = hitsQuery(owner, query, filter, after, limit);
    return this.em.execute<HitRow[]>(sql, [...values]);
  }

  /** The segments of these transcripts that have most of what was asked for, in order of time: those with a whole phrase, if there are any. */
  async listSnippets(jobIds: readonly string[], query: string): Promise<SnippetRow[]> {
    const terms = parseTerms(query);
    const phrases = phrasesOf(terms);
    const substrings = isIn('text', query);
    return this.em.execute<SnippetRow[]>(
      `with found as (
         select job_id, segments, written_in = any(string_to_array(?, ',')) as is_unspaced, transcript_config(written_in) as config
         from transcripts where job_id = any(string_to_array(?, ',')::uuid[])
       )
       select job_id as "jobId", segment, start, "end", marked from found cross join lateral (
         select (number - 1)::integer as segment, (value->>'start')::float8 as start, (value->>'end')::float8 as "end",
           case when is_unspaced then text else ts_headline(config, text, any_word, ?) end as marked
         from (
           select value, number, text, words, any_word, is_whole, bool_or(is_whole) over () as has_whole
           from jsonb_array_elements(segments) with ordinality as elements (value, number),
             lateral (select value->>'text' as text) as texts,
             lateral (select to_tsvector(config, text) as words, websearch_to_tsquery(config, ?) as any_word) as vectors,
             lateral (select is_unspaced or words @@ websearch_to_tsquery(config, ?) or text ~* ? as is_whole) as wholes
           where case when is_unspaced then ${substrings.sql} else words @@ any_word or is_whole end
         ) as places
         where is_whole or not has_whole
         order by ts_rank(words, any_word) desc, number limit ?
       ) as snippets order by job_id, segment`,
      [
        WITHOUT_SPACES.join(','),
        jobIds.join(','),
        HEADLINE,
        anyWordOf(terms),
        anyWordOf(terms.filter(({ isPhrase }) => !isPhrase)),
        phrases.length === 0 ? NOTHING : patternOf(phrases),
        ...substrings.values,
        SNIPPETS_OF_HIT,
      ],
    );
  }
}

/** The statement, which tests look at. */
export function hitsQuery(
  { ownerId }: OwnerFilter,
  query: string,
  filter: SearchFilter,
  after: SearchPlace | null,
  limit: number,
): SqlCondition {
  const unspaced = WITHOUT_SPACES.join(',');
  const matching = matches(query);
  const conditions = filterConditions(filter);
  const beyond = after === null ? [] : [{ sql: '(rank, id) < (?, ?::uuid)', values: [after.rank, after.id] }];
  const where = beyond.map((condition) => `where ${condition.sql}`).join('');
  return {
    sql: `with found as (
        select jobs.id, jobs.original_filename as "originalFilename", transcripts.language, transcripts.model, jobs.created_at as "createdAt",
          case when written_in = any(string_to_array(?, ',')) then ?
            else ts_rank(search, websearch_to_tsquery(transcript_config(written_in), ?))::float8 end as rank
        from transcripts join jobs on jobs.id = transcripts.job_id
        where jobs.owner_id = ? and ${matching.sql} ${conditions.map(({ sql }) => `and ${sql}`).join(' ')}
      ) select * from found ${where} order by rank desc, id desc limit ?`,
    values: [
      unspaced,
      SUBSTRING_RANK,
      query,
      ownerId,
      ...matching.values,
      ...conditions.flatMap(({ values }) => values),
      ...beyond.flatMap(({ values }) => values),
      limit,
    ],
  };
}

/**
 * Each branch begins with what an index knows, which is nothing of what must not be there. Texts without spaces have words for the database
 * too, as whole sentences are: only the second branch knows whether something is in them. The third one is for phrases of words that the
 * language leaves out, such as "to be or not to be".
 */
function matches(query: string): SqlCondition {
  const terms = parseTerms(query);
  const unspaced = "coalesce(written_in = any(string_to_array(?, ',')), false)";
  const loose = withLoosePhrases(query);
  const inLanguage = 'websearch_to_tsquery(transcript_config(written_in), ?)';
  const patterns = phrasesOf(terms).map((phrase) => patternOf([phrase]));
  const spoken = patterns.map(() => 'and text ~* ?').join(' ');
  const words = {
    sql: `(search @@ transcript_query(?) and search @@ ${inLanguage} and not ${unspaced} ${spoken})`,
    values: [withoutExcluded(loose), loose, WITHOUT_SPACES.join(','), ...patterns],
  };
  const wanted = terms.filter(({ isExcluded }) => !isExcluded).map(({ text }) => containing('text', text));
  if (wanted.length === 0) return { sql: 'false', values: [] };
  const unwanted = terms.filter(({ isExcluded }) => isExcluded).map(({ text }) => containing('text', text));
  const sql = [...wanted.map((one) => one.sql), ...unwanted.map((one) => `not ${one.sql}`)].join(' and ');
  const texts = [...wanted, ...unwanted].flatMap(({ values }) => values);
  const unknown =
    patterns.length === 0
      ? { sql: '', values: [] }
      : {
          sql: `or (${sql} and numnode(${inLanguage}) = 0 ${spoken})`,
          values: [...texts, withoutExcluded(loose), ...patterns],
        };
  return {
    sql: `(${words.sql} or (${sql} and ${unspaced}) ${unknown.sql})`,
    values: [...words.values, ...texts, WITHOUT_SPACES.join(','), ...unknown.values],
  };
}

function phrasesOf(terms: readonly SearchTerm[]): string[] {
  return terms
    .filter(({ isPhrase, isExcluded, text }) => isPhrase && !isExcluded && wordsOf(text).length > 0)
    .map(({ text }) => text);
}

/** A text that has any of the terms. */
function isIn(column: string, query: string): SqlCondition {
  const wanted = parseTerms(query)
    .filter(({ isExcluded }) => !isExcluded)
    .map(({ text }) => containing(column, text));
  return {
    sql: `(${['false', ...wanted.map(({ sql }) => sql)].join(' or ')})`,
    values: wanted.flatMap(({ values }) => values),
  };
}

function filterConditions({ language, model, createdAfter, createdBefore }: SearchFilter): SqlCondition[] {
  const of = (sql: string, value: unknown): SqlCondition[] =>
    value === undefined ? [] : [{ sql, values: [value] }];
  return [
    ...of('transcripts.language = ?', language),
    ...of('transcripts.model = ?', model),
    ...of('jobs.created_at >= ?', createdAfter),
    ...of('jobs.created_at < ?', createdBefore),
  ];
}

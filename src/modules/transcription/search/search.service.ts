import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { findAll, findPhrases, readMarks } from './highlights.js';
import { readSearchCursor, writeSearchCursor } from './search-cursor.js';
import { parseTerms } from './search-query.js';
import { SearchRepository, type SnippetRow } from './search.repository.js';
import type { SearchPage, SearchPlace, SearchRequest, Snippet } from './search.view.js';

/** Finds transcripts of somebody by what was said. */
@Injectable()
export class SearchService {
  constructor(
    private readonly repository: SearchRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError validation_failed for a cursor that this search did not give */
  search(principal: Principal, request: SearchRequest): Promise<SearchPage> {
    const { query, filter, limit } = request;
    const after = placeOf(request);
    return this.unitOfWork.read(async () => {
      // One more than the page has tells whether there is another one.
      const found = await this.repository.list(ownedBy(principal), query, filter, after, limit + 1);
      const page = found.slice(0, limit);
      const ids = page.map(({ id }) => id);
      const rows = ids.length === 0 ? [] : await this.repository.listSnippets(ids, query);
      const snippets = Map.groupBy(rows, ({ jobId }) => jobId);
      const last = page.at(-1);
      return {
        hits: page.map(({ id: jobId, ...hit }) => ({
          ...hit,
          jobId,
          createdAt: new Date(hit.createdAt),
          snippets: (snippets.get(jobId) ?? []).map((row) => toSnippet(row, query)),
        })),
        nextCursor: found.length > limit && last !== undefined ? writeSearchCursor(last, request) : null,
      };
    });
  }
}

function placeOf(request: SearchRequest): SearchPlace | null {
  if (request.cursor === undefined) return null;
  const place = readSearchCursor(request.cursor, request);
  if (place === null)
    throw validationFailed([{ field: 'cursor', message: 'must be one that a page of this search gave' }]);
  return place;
}

function toSnippet({ segment, start, end, marked }: SnippetRow, query: string): Snippet {
  const { text, highlights } = readMarks(marked);
  const wanted = parseTerms(query).filter(({ isExcluded }) => !isExcluded);
  const texts = wanted.map((term) => term.text);
  const phrases = wanted.every(({ isPhrase }) => isPhrase) ? findPhrases(text, texts) : [];
  const places = phrases.length > 0 ? phrases : highlights;
  return {
    segment,
    start,
    end,
    text,
    highlights: places.length > 0 ? places : findAll(text, texts),
  };
}

/** Search over all transcripts of somebody. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SearchResults } from '@whisper-transcriber/client-sdk';
import { hitsQuery } from '../../src/modules/transcription/search/search.repository.js';
import { bearer } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { openOrm } from '../support/orm.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { spokenTranscript } from '../support/spoken-transcript.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const MANY = 10_000;
const contract = new OpenApiContract();
let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers(NO_RATE_LIMITS);
  await add(1, 'en', ['The estates were divided.', 'Much leisure to consider <b>it</b>.']);
  await add(2, 'en', ['An estate.', 'Estates and estate again.', 'Of leisure.', 'An estate at last.']);
  await add(3, 'de', ['Die Häuser am Fluss.', 'Ein Haus.']);
  await add(4, 'zh', ['你好世界。', '今天天气很好。']);
  await add(5, null, ['Estate without a language.']);
  await add(6, 'ja', ['Das Wort Tokyo in 東京。'], users.bob.id);
  await add(7, 'de', ['ÄRGER in der Straße bei Müller.', 'Größere Bücher über Öl.']);
  await add(8, 'ja', ['ガラスの靴を履いた。', '東京タワー、Tokyo Tower。']);
  await add(12, 'en', ['The park at Barton.', 'A park, and then Barton Park.', 'Barton', 'Park Lane.']);
  await add(9, 'ar', ['الكتاب على الطاولة.', 'ذهب المعلمون إلى المدرسة']);
  await users.execute(`
    insert into jobs (id, owner_id, original_filename, status, model, created_at, updated_at, finished_at)
      select ('0190aaaa-bbbb-7ccc-8ddd-' || lpad((1000 + i)::text, 12, '0'))::uuid, '${users.anna.id}', 'many.wav', 'completed', 'tiny', '2026-01-01', now(), now()
      from generate_series(1, ${MANY}) as i;
    insert into transcripts (job_id, model, language, written_in, duration_seconds, text, segments, created_at)
      select id, 'tiny', 'en', 'en', 1, md5(id::text) || case when id::text like '%00' then ' needle' else '' end, '[]', now()
      from jobs where original_filename = 'many.wav';
    analyze jobs; analyze transcripts`);
}, 90_000);

afterAll(async () => {
  await users.close();
});

const idOf = (number: number): string =>
  `0190aaaa-bbbb-7ccc-8ddd-0000000001${String(number).padStart(2, '0')}`;

function add(
  number: number,
  language: string | null,
  texts: readonly string[],
  owner = users.anna.id,
): Promise<void> {
  const spoken = {
    id: idOf(number),
    owner,
    language,
    texts,
    name: `talk-${number}.wav`,
    on: `2026-02-${String(number).padStart(2, '0')}`,
  };
  return users.execute(spokenTranscript(spoken));
}

async function search(query: Readonly<Record<string, string>>): Promise<SearchResults> {
  const response = await fetch(`${users.url}/search?${new URLSearchParams(query).toString()}`, {
    headers: bearer(users.anna.token),
  });
  expect([response.status, await contract.findFaults('searchTranscripts', response.clone())]).toEqual([
    200,
    [],
  ]);
  return jsonOf<SearchResults>(response);
}

async function numbersOf(query: Readonly<Record<string, string>>): Promise<number[]> {
  return (await search(query)).hits.map(({ job_id: id }) => Number(id.slice(-2)));
}

describe('a search', () => {
  it.each([
    ['estate', [2, 5, 1]],
    ['Estates', [2, 1]],
    ['haus', [3]],
    ['"much leisure"', [1]],
    ['"leisure much"', []],
    ['"the park at barton"', [12]],
    ['"a park at barton"', []],
    ['"and then"', [12]],
    ['"park and then barton" -estate', [12]],
    ['"in der STRASSE"', []],
    ['"IN DER straße bei müller"', [7]],
    ['leisure estate', [2, 1]],
    ['leisure -divided', [2]],
    ['世界', [4]],
    ['天气', [4]],
    ['天气 -世界', []],
    ['东京', []],
    ['ärger', [7]],
    ['STRASSE', [7]],
    ['straße', [7]],
    ['müller', [7]],
    ['mu\u0308ller', [7]],
    ['buch', [7]],
    ['größer', [7]],
    ['öl', [7]],
    ['ガラスの靴', [8]],
    ['か\u3099', []],
    ['カ\u3099ラス', [8]],
    ['東京 tower', [8]],
    ['"tokyo tower" -靴', []],
    ['كتاب', [9]],
    ['معلم', [9]],
    ['"المدرسة"', [9]],
    ['-estate', []],
    ['the of and', []],
    ['"the of"', []],
    ['the -estate', []],
    ['" "', []],
    ['--', []],
    ['the', []],
    ["'; drop table jobs; --", []],
    ['a & | ! :* (', [5]],
  ])('for %j finds %j, best first and nothing of others', async (q, expected) => {
    const found = await numbersOf({ q });

    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(found[0]).toBe(expected[0]);
  });

  it.each<[Record<string, string>, number[]]>([
    [{ language: 'en' }, [2, 1]],
    [{ model: 'tiny' }, []],
    [{ created_after: '2026-02-02T00:00:00Z' }, [2, 5]],
    [{ created_before: '2026-02-02T00:00:00Z' }, [1]],
  ])('keeps to %j', async (filter, expected) => {
    expect((await numbersOf({ q: 'estate', ...filter })).toSorted()).toEqual(expected.toSorted());
  });

  it('shows where it is, without any markup', async () => {
    const { hits } = await search({ q: 'leisure consider' });

    expect(hits[0]?.snippets).toEqual([
      {
        segment: 1,
        start: 10,
        end: 15,
        text: 'Much leisure to consider <b>it</b>.',
        highlights: [
          { start: 5, end: 12 },
          { start: 16, end: 24 },
        ],
      },
    ]);
  });

  it('shows where a phrase is, not its words elsewhere', async () => {
    expect((await search({ q: '"barton park"' })).hits[0]?.snippets).toMatchObject([
      {
        segment: 1,
        highlights: [{ start: 17, end: 28 }],
      },
    ]);
  });

  it('shows the words of a phrase that goes over the border of segments', async () => {
    const { snippets } = (await search({ q: '"park barton"' })).hits[0] ?? { snippets: [] };

    expect(snippets.map(({ text }) => text)).toContain('A park, and then Barton Park.');
    expect(snippets).toHaveLength(3);
  });

  it('shows where it is in languages without spaces', async () => {
    expect((await search({ q: '世界' })).hits[0]?.snippets).toMatchObject([
      { segment: 0, start: 0, text: '你好世界。', highlights: [{ start: 2, end: 4 }] },
    ]);
  });

  it('shows at most three places of a transcript, in order of time', async () => {
    const { hits } = await search({ q: 'estate leisure', language: 'en' });

    expect(hits[0]?.snippets).toHaveLength(3);
    const starts = hits[0]?.snippets.map(({ start }) => start) ?? [];
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
  });

  it('finds what somebody has written since, and no more what was there', async () => {
    const change = { segments: [{ start: 0, end: 1, text: 'A cottage.' }] };
    const response = await fetch(`${users.url}/transcripts/${idOf(5)}`, {
      method: 'PATCH',
      body: JSON.stringify(change),
      headers: { ...bearer(users.anna.token), 'content-type': 'application/json', 'if-match': '*' },
    });
    expect(response.status).toBe(200);

    expect([await numbersOf({ q: 'cottage' }), await numbersOf({ q: '"without a language"' })]).toEqual([
      [5],
      [],
    ]);
  });

  it('finds nothing of what was deleted', async () => {
    await add(10, 'de', ['Eine Ziege.']);
    expect(await numbersOf({ q: 'ziege' })).toEqual([10]);
    await fetch(`${users.url}/jobs/${idOf(10)}`, { method: 'DELETE', headers: bearer(users.anna.token) });

    expect(await numbersOf({ q: 'ziege' })).toEqual([]);
  });

  it('shows where it is in a language with other letters', async () => {
    const { hits } = await search({ q: 'mu\u0308ller' });

    expect(hits[0]?.snippets).toMatchObject([
      { text: 'ÄRGER in der Straße bei Müller.', highlights: [{ start: 24, end: 30 }] },
    ]);
    const glass = await search({ q: 'カ\u3099ラス' });
    expect(glass.hits[0]?.snippets).toMatchObject([{ segment: 0, highlights: [{ start: 0, end: 3 }] }]);
  });

  it('is paged without one twice or missing', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: SearchResults = await search({
        q: 'needle',
        limit: '30',
        ...(cursor === null ? {} : { cursor }),
      });
      ids.push(...page.hits.map(({ job_id: id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);

    expect([ids.length, new Set(ids).size]).toEqual([MANY / 100, MANY / 100]);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  it('asks an index, not all transcripts', async () => {
    const orm = await openOrm(users.databaseUrl);
    try {
      for (const query of ['needle', 'needle -hay', '世界你好']) {
        const { sql, values } = hitsQuery({ ownerId: users.anna.id }, query, {}, null, 20);
        const plan = await orm.em.fork().execute<Record<string, string>[]>(`explain ${sql}`, [...values]);
        const text = plan.map((row) => row['QUERY PLAN']).join('\n');
        expect(text).toContain('Bitmap Index Scan on transcripts_search');
        expect(text).not.toContain('Seq Scan on transcripts');
      }
    } finally {
      await orm.close();
    }
  });

  it.each<Record<string, string>>([
    {},
    { q: '' },
    { q: 'a'.repeat(201) },
    { q: 'a\u0000' },
    { q: 'estate', cursor: 'x' },
    { q: 'estate', limit: '51' },
    { q: 'estate', language: 'English' },
    { q: 'estate', model: 'large-v9' },
    { q: 'estate', created_after: 'yesterday' },
  ])('with %j is refused', async (query) => {
    const response = await fetch(`${users.url}/search?${new URLSearchParams(query).toString()}`, {
      headers: bearer(users.anna.token),
    });

    expect(await contract.refusalOf('searchTranscripts', response)).toEqual([422, 'validation_failed']);
  });

  it('takes no cursor of another search', async () => {
    const { next_cursor: cursor } = await search({ q: 'needle', limit: '1' });
    const query = new URLSearchParams({ q: 'estate', cursor: cursor ?? '' });
    const response = await fetch(`${users.url}/search?${query.toString()}`, {
      headers: bearer(users.anna.token),
    });

    expect(await contract.refusalOf('searchTranscripts', response)).toEqual([422, 'validation_failed']);
  });
});

describe('a text with more different words than a search can hold', () => {
  it('is saved all the same, and found by its beginning', async () => {
    const words = Array.from({ length: 45_000 }, (_, at) => `слово${at.toString(36)}абвгдежз`).join(' ');
    const long = words.slice(0, 990_000);
    await users.execute(`update transcripts set text = '${long}' where job_id = '${idOf(3)}'`);

    expect(await numbersOf({ q: long.split(' ')[5] ?? '' })).toContain(3);
  });
});

describe('the document', () => {
  it('has no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Search')).toEqual([]);
  });
});

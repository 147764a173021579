/** How people change transcripts, and what is kept of what they change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  EditTranscript,
  Transcript,
  TranscriptConflict,
  TranscriptVersion,
  TranscriptVersionList,
} from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const CERTAINTY = { avgLogprob: -0.2, compressionRatio: 1.1, noSpeechProb: 0.01, temperature: 0 };
const word = (text: string, start: number, end: number): object => ({ text, start, end, probability: 0.5 });
const HEARD = [
  { start: 0, end: 2, text: 'The famly.', ...CERTAINTY, words: [word('The', 0, 0.5), word('famly.', 1, 2)] },
  {
    start: 3,
    end: 4,
    text: 'Of Dashwood.',
    ...CERTAINTY,
    words: [word('Of', 3, 3.2), word('Dashwood.', 3.3, 4)],
  },
];
const TEXT = 'The famly. Of Dashwood.';

const contract = new OpenApiContract();
let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers(NO_RATE_LIMITS);
}, 90_000);

afterAll(async () => {
  await users.close();
});

beforeEach(async () => {
  const { jobId } = users.anna;
  await users.execute(`
    delete from transcripts where job_id = '${jobId}';
    insert into transcripts values ('${jobId}', 'base', 'en', 1, 60, '${TEXT}', '${JSON.stringify(HEARD)}', now())`);
});

function ask(
  method: string,
  path: string,
  {
    body,
    ifMatch,
    headers,
  }: { body?: unknown; ifMatch?: string | null; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${users.url}/transcripts/${users.anna.jobId}${path}`, {
    method,
    headers: {
      ...bearer(users.anna.token),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch == null ? {} : { 'if-match': ifMatch }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

const read = async <T>(path = ''): Promise<T> => jsonOf<T>(await ask('GET', path));
const tag = async (): Promise<string> => (await ask('GET', '')).headers.get('etag') ?? '';

/** On what is there by now. */
async function edit(body: EditTranscript): Promise<Response> {
  return ask('PATCH', '', { body, ifMatch: await tag() });
}

async function edited(body: EditTranscript): Promise<Transcript> {
  const response = await edit(body);
  expect([response.status, await contract.findFaults('editTranscript', response.clone())]).toEqual([200, []]);
  return jsonOf<Transcript>(response);
}

/** As if ten minutes had passed. */
const makeOld = (): Promise<void> =>
  users.execute(`update transcripts set began_at = began_at - interval '10 minutes'`);

async function listVersions(query = ''): Promise<TranscriptVersionList> {
  const response = await ask('GET', `/versions${query}`);
  expect(await contract.findFaults('listTranscriptVersions', response.clone())).toEqual([]);
  return jsonOf<TranscriptVersionList>(response);
}

describe('an edit', () => {
  it('takes the place of the segments, with the words that stayed and times for those that are new', async () => {
    const transcript = await edited({
      segments: [
        { start: 0, end: 2, text: 'The family.' },
        { start: 3, end: 4, text: 'Of Dashwood.' },
      ],
    });

    expect(transcript).toMatchObject({ text: 'The family. Of Dashwood.', version: 2 });
    expect(transcript.segments[0]).toMatchObject({
      avg_logprob: -0.2,
      words: [
        { text: 'The', start: 0, end: 0.5, probability: 0.5 },
        { text: 'family.', start: 0.5, end: 2, probability: 1 },
      ],
    });
    expect(transcript.segments[1]?.words).toEqual(HEARD[1]?.words);
    expect(await read<Transcript>()).toEqual(transcript);
  });

  it('splits and merges segments', async () => {
    const split = await edited({
      segments: [
        { start: 0, end: 0.6, text: 'The' },
        { start: 0.6, end: 4, text: 'famly. Of Dashwood.' },
      ],
    });

    expect(split.segments.map(({ words }) => words?.map(({ text, start }) => [text, start]))).toEqual([
      [['The', 0]],
      [
        ['famly.', 1],
        ['Of', 3],
        ['Dashwood.', 3.3],
      ],
    ]);
  });

  it('keeps the words that it gives', async () => {
    const words = [
      { text: 'The', start: 0.1, end: 0.4, probability: 0.5 },
      { text: 'end.', start: 0.5, end: 1.9 },
    ];
    const { segments } = await edited({ segments: [{ start: 0, end: 2, text: 'The end.', words }] });

    expect(segments[0]?.words).toEqual([words[0], { ...words[1], probability: 1 }]);
  });

  it('names a speaker everywhere at once', async () => {
    const segments = [
      { start: 0, end: 2, text: 'Here.', speaker: 's1' },
      { start: 3, end: 4, text: 'There.', speaker: 's1' },
    ];
    await edited({ segments, speakers: { s1: 'Speaker 1' } });
    const renamed = await edited({ speakers: { s1: 'Elinor' } });

    expect([renamed.speakers, renamed.segments.map(({ speaker }) => speaker)]).toEqual([
      { s1: 'Elinor' },
      ['s1', 's1'],
    ]);
  });

  it('is found by the lists of jobs', async () => {
    await edited({ segments: [{ start: 0, end: 2, text: 'Wholly different.' }] });
    const search = async (text: string): Promise<number> => {
      const response = await fetch(`${users.url}/jobs?text=${text}`, { headers: bearer(users.anna.token) });
      return (await jsonOf<{ total: number }>(response)).total;
    };

    expect([await search('wholly'), await search('famly')]).toEqual([1, 0]);
  });

  it('that changes nothing makes no version', async () => {
    const before = await tag();
    const { segments } = await read<Transcript>();
    await edited({ segments: segments.map(({ start, end, text }) => ({ start, end, text })) });

    expect(await tag()).toBe(before);
  });

  it('of twenty thousand words is taken', async () => {
    const words = Array.from({ length: 20_000 }, (_, at) => ({
      text: `word${at}`,
      start: (at * 60) / 20_000,
      end: (at * 60) / 20_000,
      probability: 0.9,
    }));
    const segments = Array.from({ length: 1000 }, (_, at) => {
      const own = words.slice(at * 20, at * 20 + 20);
      return {
        start: at * 0.06,
        end: at * 0.06 + 0.06,
        text: own.map(({ text }) => text).join(' '),
        words: own,
      };
    });

    expect((await edited({ segments })).segments).toHaveLength(1000);
  });
});

describe('an edit is refused', () => {
  it.each<[string, unknown, string]>([
    ['times beyond the recording', [{ start: 0, end: 61, text: 'a' }], 'segments.0.end'],
    ['times before it', [{ start: -1, end: 1, text: 'a' }], 'segments.0.start'],
    ['times that are none', [{ start: '0', end: 1, text: 'a' }], 'segments.0.start'],
    ['an end before the start', [{ start: 2, end: 1, text: 'a' }], 'segments.0.end'],
    [
      'a wrong order',
      [
        { start: 2, end: 3, text: 'a' },
        { start: 1, end: 2, text: 'b' },
      ],
      'segments.1.start',
    ],
    [
      'one speaker twice at once',
      [
        { start: 1, end: 3, text: 'a' },
        { start: 2, end: 4, text: 'b' },
      ],
      'segments.1.start',
    ],
    ['no text', [{ start: 0, end: 1, text: ' ' }], 'segments.0.text'],
    ['control characters', [{ start: 0, end: 1, text: 'a\u001b[2J' }], 'segments.0.text'],
    ['what no database takes', [{ start: 0, end: 1, text: 'a\u0000' }], 'segments.0.text'],
    ['half a character', [{ start: 0, end: 1, text: 'a\ud800' }], 'segments.0.text'],
    ['long texts', [{ start: 0, end: 1, text: 'a'.repeat(10_001) }], 'segments.0.text'],
    ['a speaker without a name', [{ start: 0, end: 1, text: 'a', speaker: 's1' }], 'segments.0.speaker'],
    ['a channel that there is not', [{ start: 0, end: 1, text: 'a', channel: 1 }], 'segments.0.channel'],
    [
      'words of another text',
      [{ start: 0, end: 1, text: 'a', words: [{ start: 0, end: 1, text: 'b' }] }],
      'segments.0.words',
    ],
    ['unknown fields', [{ start: 0, end: 1, text: 'a', id: 1 }], 'segments.0.id'],
    ['what is no segment', [null], 'segments.0'],
    [
      'too many words',
      Array.from({ length: 11 }, (_, at) => ({ start: at, end: at, text: 'a '.repeat(4600) })),
      'segments',
    ],
    [
      'too many segments',
      Array.from({ length: 10_001 }, () => ({ start: 0, end: 0, text: 'a' })),
      'segments',
    ],
  ])('for %s', async (_, segments, field) => {
    const response = await ask('PATCH', '', { body: { segments }, ifMatch: '*' });

    expect(await contract.findFaults('editTranscript', response.clone())).toEqual([]);
    const { status, errors = [] } = await problemOf(response);
    expect([status, errors.map((error) => error.field)]).toEqual([422, expect.arrayContaining([field])]);
    expect((await read<Transcript>()).text).toBe(TEXT);
  });

  it.each([
    [{ s1: '' }],
    [{ s1: 'a\nb' }],
    [{ s1: 1 }],
    [{ 'S 1': 'Elinor' }],
    [{ s1: 'a'.repeat(101) }],
    [Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`s${at}`, 'a']))],
  ])('for the speakers %j', async (speakers) => {
    const response = await ask('PATCH', '', { body: { speakers }, ifMatch: '*' });

    expect(await contract.refusalOf('editTranscript', response)).toEqual([422, 'validation_failed']);
  });

  it('when a speaker of the segments would lose their name', async () => {
    await edited({ segments: [{ start: 0, end: 2, text: 'a', speaker: 's1' }], speakers: { s1: 'Elinor' } });

    expect(await contract.refusalOf('editTranscript', await edit({ speakers: {} }))).toEqual([
      422,
      'validation_failed',
    ]);
  });

  it('without the version that it is of', async () => {
    const body = { speakers: {} };

    expect(await contract.refusalOf('editTranscript', await ask('PATCH', '', { body }))).toEqual([
      428,
      'transcript_version_unnamed',
    ]);
    expect(
      await contract.refusalOf('restoreTranscriptVersion', await ask('POST', '/versions/1/restore')),
    ).toEqual([428, 'transcript_version_unnamed']);
  });

  it('when somebody else was faster, and tells who', async () => {
    const stale = await tag();
    await edited({ speakers: { s1: 'Elinor' } });
    for (const ifMatch of [stale, `W/${await tag()}`, 'nonsense']) {
      const response = await ask('PATCH', '', { body: { speakers: { s1: 'Marianne' } }, ifMatch });
      expect([response.status, await contract.findFaults('editTranscript', response.clone())]).toEqual([
        412,
        [],
      ]);
      expect(await jsonOf<TranscriptConflict>(response)).toMatchObject({
        code: 'transcript_changed',
        current_version: {
          number: 2,
          kind: 'edited',
          author: { id: users.anna.id, name: 'anna' },
          saved_at: expect.any(String),
          etag: await tag(),
        },
      });
    }
    expect((await read<Transcript>()).speakers).toEqual({ s1: 'Elinor' });
  });

  it('to all but one of those who save at the same moment', async () => {
    const ifMatch = await tag();
    const names = ['Elinor', 'Marianne', 'Margaret'];
    const answers = await Promise.all(
      names.map((name) => ask('PATCH', '', { body: { speakers: { s1: name } }, ifMatch })),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
  });

  it('while there is no transcript', async () => {
    await users.execute(`update jobs set status = 'cancelled' where id = '${users.anna.jobId}'`);
    const response = await ask('PATCH', '', { body: {}, ifMatch: '*' });
    await users.execute(`update jobs set status = 'completed' where id = '${users.anna.jobId}'`);

    expect(await contract.refusalOf('editTranscript', response)).toEqual([409, 'transcript_unavailable']);
  });
});

describe('the versions', () => {
  it('begin with what the engine heard', async () => {
    expect(await listVersions()).toEqual({
      versions: [
        {
          number: 1,
          kind: 'transcribed',
          author: null,
          restored_from: null,
          created_at: expect.any(String),
          saved_at: expect.any(String),
          segment_count: 2,
          word_count: 4,
        },
      ],
      next_cursor: null,
    });
  });

  it('take what the same person saves within ten minutes, under another tag', async () => {
    await edited({ speakers: { s1: 'Elinor' } });
    const first = await tag();
    await edited({ speakers: { s1: 'Marianne' } });

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([2, 1]);
    expect(await tag()).not.toBe(first);
  });

  it('end after ten minutes', async () => {
    await edited({ speakers: { s1: 'Elinor' } });
    await makeOld();
    await edited({ speakers: { s1: 'Marianne' } });

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect((await read<TranscriptVersion>('/versions/2')).speakers).toEqual({ s1: 'Elinor' });
  });

  it("take nothing of another person's", async () => {
    await edited({ speakers: { s1: 'Elinor' } });
    await users.execute(
      `update transcripts set author_id = '${users.bob.id}', author_name = 'bob' where version = 2`,
    );
    await edited({ speakers: { s1: 'Marianne' } });

    const { versions } = await listVersions();
    expect(versions.map(({ number, author }) => [number, author?.name])).toEqual([
      [3, 'anna'],
      [2, 'bob'],
      [1, undefined],
    ]);
  });

  it('are read one by one, what was heard for ever', async () => {
    for (const name of ['Elinor', 'Marianne', 'Margaret']) {
      await edited({ segments: [{ start: 0, end: 2, text: name }] });
      await makeOld();
    }
    const response = await ask('GET', '/versions/1');
    expect(await contract.findFaults('getTranscriptVersion', response.clone())).toEqual([]);
    const heard = await jsonOf<TranscriptVersion>(response);

    expect([heard.kind, heard.text, heard.word_count]).toEqual(['transcribed', TEXT, 4]);
    expect((await read<TranscriptVersion>('/versions/4')).text).toBe('Margaret');
  });

  it.each(['0', '99', 'x', '1.5'])('have no number %s', async (number) => {
    const response = await ask('GET', `/versions/${number}`);

    expect(await contract.refusalOf('getTranscriptVersion', response)).toEqual([
      404,
      'transcript_version_not_found',
    ]);
  });

  it('are listed page by page', async () => {
    for (const name of ['Elinor', 'Marianne', 'Margaret', 'Lucy']) {
      await edited({ speakers: { s1: name } });
      await makeOld();
    }
    const first = await listVersions('?limit=2');
    await edited({ speakers: { s1: 'Fanny' } });
    const second = await listVersions(`?limit=2&cursor=${first.next_cursor}`);
    const third = await listVersions(`?limit=2&cursor=${second.next_cursor}`);

    const numbers = [first, second, third].map(({ versions }) => versions.map(({ number }) => number));
    expect([...numbers, third.next_cursor]).toEqual([[5, 4], [3, 2], [1], null]);
    expect(
      await contract.refusalOf('listTranscriptVersions', await ask('GET', '/versions?cursor=x')),
    ).toEqual([422, 'validation_failed']);
  });

  it('go with their job', async () => {
    await edited({ speakers: { s1: 'Elinor' } });
    await users.execute(`delete from transcripts where job_id = '${users.anna.jobId}'`);

    expect(await users.select('select number from transcript_versions')).toEqual([]);
  });
});

describe('restoring', () => {
  it('makes an earlier version the newest one, and loses nothing', async () => {
    await edited({ segments: [{ start: 0, end: 2, text: 'Elinor' }] });
    const response = await ask('POST', '/versions/1/restore', { ifMatch: await tag() });
    expect([
      response.status,
      await contract.findFaults('restoreTranscriptVersion', response.clone()),
    ]).toEqual([200, []]);
    const restored = await jsonOf<Transcript>(response);

    expect([restored.text, restored.version]).toEqual([TEXT, 3]);
    expect(restored.segments[0]?.words).toEqual(HEARD[0]?.words);
    const { versions } = await listVersions();
    expect(versions.map(({ kind, restored_from: from }) => [kind, from])).toEqual([
      ['restored', 1],
      ['edited', null],
      ['transcribed', null],
    ]);
  });

  it('takes no edits into the version that it makes', async () => {
    await edited({ speakers: { s1: 'Elinor' } });
    await ask('POST', '/versions/1/restore', { ifMatch: '*' });
    await edited({ speakers: { s1: 'Marianne' } });

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
  });

  it('under a key is done once', async () => {
    await edited({ speakers: { s1: 'Elinor' } });
    const ifMatch = await tag();
    const headers = { 'idempotency-key': `restore-${ifMatch}-${Date.now()}` };
    const [first, second] = [
      await ask('POST', '/versions/1/restore', { ifMatch, headers }),
      await ask('POST', '/versions/1/restore', { ifMatch, headers }),
    ];

    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([
      200,
      200,
      'true',
    ]);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await listVersions()).versions).toHaveLength(3);
  });

  it('of what there is not is refused', async () => {
    const missing = await ask('POST', '/versions/9/restore', { ifMatch: '*' });
    const stale = await ask('POST', '/versions/1/restore', { ifMatch: '"0.0"' });

    expect(await contract.refusalOf('restoreTranscriptVersion', missing)).toEqual([
      404,
      'transcript_version_not_found',
    ]);
    expect(await contract.refusalOf('restoreTranscriptVersion', stale)).toEqual([412, 'transcript_changed']);
  });
});

describe('the document', () => {
  it('has no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((name) => name === 'Transcript versions')).toEqual([]);
  });
});

/** What is kept of transcripts that people change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Transcript, TranscriptVersion, TranscriptVersionList } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../support/api-client.js';
import { EditedTranscript, HEARD, HEARD_TEXT } from '../support/edited-transcript.js';
import { OpenApiContract } from '../support/openapi-contract.js';

const contract = new OpenApiContract();
let transcript: EditedTranscript;

beforeAll(async () => {
  transcript = await EditedTranscript.open(contract, { TRANSCRIPT_VERSIONS: '5' });
}, 90_000);

afterAll(async () => {
  await transcript.close();
});

beforeEach(async () => {
  await transcript.reset();
});

async function listVersions(query = ''): Promise<TranscriptVersionList> {
  const response = await transcript.ask('GET', `/versions${query}`);
  expect(await contract.findFaults('listTranscriptVersions', response.clone())).toEqual([]);
  return jsonOf<TranscriptVersionList>(response);
}

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
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    const first = await transcript.tag();
    await transcript.edit({ speakers: { s1: 'Marianne' } });

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([2, 1]);
    expect(await transcript.tag()).not.toBe(first);
  });

  it('end after ten minutes', async () => {
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    await transcript.makeOld();
    await transcript.edit({ speakers: { s1: 'Marianne' } });

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect((await transcript.read<TranscriptVersion>('/versions/2')).speakers).toEqual({ s1: 'Elinor' });
  });

  it("take nothing of another person's", async () => {
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    await transcript.users.execute(
      `update transcripts set author_id = '${transcript.users.bob.id}', author_name = 'bob' where version = 2`,
    );
    await transcript.edit({ speakers: { s1: 'Marianne' } });

    const { versions } = await listVersions();
    expect(versions.map(({ number, author }) => [number, author?.name])).toEqual([
      [3, 'anna'],
      [2, 'bob'],
      [1, undefined],
    ]);
  });

  it('are read one by one, what was heard for ever', async () => {
    for (const name of ['Elinor', 'Marianne', 'Margaret']) {
      await transcript.edit({ segments: [{ start: 0, end: 2, text: name }] });
      await transcript.makeOld();
    }
    const response = await transcript.ask('GET', '/versions/1');
    expect(await contract.findFaults('getTranscriptVersion', response.clone())).toEqual([]);
    const heard = await jsonOf<TranscriptVersion>(response);

    expect([heard.kind, heard.text, heard.word_count]).toEqual(['transcribed', HEARD_TEXT, 4]);
    expect((await transcript.read<TranscriptVersion>('/versions/4')).text).toBe('Margaret');
  });

  it.each(['0', '99', 'x', '1.5'])('have no number %s', async (number) => {
    const response = await transcript.ask('GET', `/versions/${number}`);

    expect(await contract.refusalOf('getTranscriptVersion', response)).toEqual([
      404,
      'transcript_version_not_found',
    ]);
  });

  it('are listed page by page', async () => {
    for (const name of ['Elinor', 'Marianne', 'Margaret', 'Lucy']) {
      await transcript.edit({ speakers: { s1: name } });
      await transcript.makeOld();
    }
    const first = await listVersions('?limit=2');
    await transcript.edit({ speakers: { s1: 'Fanny' } });
    const second = await listVersions(`?limit=2&cursor=${first.next_cursor}`);
    const third = await listVersions(`?limit=2&cursor=${second.next_cursor}`);

    const numbers = [first, second, third].map(({ versions }) => versions.map(({ number }) => number));
    expect([...numbers, third.next_cursor]).toEqual([[5, 4], [3, 2], [1], null]);
    expect(
      await contract.refusalOf('listTranscriptVersions', await transcript.ask('GET', '/versions?cursor=x')),
    ).toEqual([422, 'validation_failed']);
  });

  it('are no more than may be kept, and what was heard is always one of them', async () => {
    for (const name of ['Elinor', 'Marianne', 'Margaret', 'Lucy', 'Fanny', 'Anne', 'Edward', 'John']) {
      await transcript.edit({ speakers: { s1: name } });
      await transcript.makeOld();
    }
    const missing = await transcript.ask('GET', '/versions/2');

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([9, 8, 7, 6, 5, 1]);
    expect(await contract.refusalOf('getTranscriptVersion', missing)).toEqual([
      404,
      'transcript_version_not_found',
    ]);
    expect((await transcript.read<TranscriptVersion>('/versions/1')).text).toBe(HEARD_TEXT);
    const restored = await transcript.ask('POST', '/versions/1/restore', { ifMatch: await transcript.tag() });
    expect((await jsonOf<Transcript>(restored)).version).toBe(10);
  });

  it('go with their job', async () => {
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    await transcript.users.execute(`delete from transcripts where job_id = '${transcript.users.anna.jobId}'`);

    expect(await transcript.users.select('select number from transcript_versions')).toEqual([]);
  });
});

describe('restoring', () => {
  it('makes an earlier version the newest one, and loses nothing', async () => {
    await transcript.edit({ segments: [{ start: 0, end: 2, text: 'Elinor' }] });
    const response = await transcript.ask('POST', '/versions/1/restore', { ifMatch: await transcript.tag() });
    expect([
      response.status,
      await contract.findFaults('restoreTranscriptVersion', response.clone()),
    ]).toEqual([200, []]);
    const restored = await jsonOf<Transcript>(response);

    expect([restored.text, restored.version]).toEqual([HEARD_TEXT, 3]);
    expect(restored.segments[0]?.words).toEqual(HEARD[0]?.words);
    const { versions } = await listVersions();
    expect(versions.map(({ kind, restored_from: from }) => [kind, from])).toEqual([
      ['restored', 1],
      ['edited', null],
      ['transcribed', null],
    ]);
  });

  it('takes no edits into the version that it makes', async () => {
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    await transcript.ask('POST', '/versions/1/restore', { ifMatch: '*' });
    await transcript.edit({ speakers: { s1: 'Marianne' } });

    expect((await listVersions()).versions.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
  });

  it('under a key is done once', async () => {
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    const ifMatch = await transcript.tag();
    const headers = { 'idempotency-key': `restore-${ifMatch}-${Date.now()}` };
    const [first, second] = [
      await transcript.ask('POST', '/versions/1/restore', { ifMatch, headers }),
      await transcript.ask('POST', '/versions/1/restore', { ifMatch, headers }),
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
    const missing = await transcript.ask('POST', '/versions/9/restore', { ifMatch: '*' });
    const stale = await transcript.ask('POST', '/versions/1/restore', { ifMatch: '"0.0"' });

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

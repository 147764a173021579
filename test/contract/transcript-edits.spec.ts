/** How people change transcripts. What is kept of what was there before is in transcript-versions.spec.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TranscriptConflict } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import { EditedTranscript, HEARD, HEARD_TEXT } from '../support/edited-transcript.js';
import { OpenApiContract } from '../support/openapi-contract.js';

const contract = new OpenApiContract();
let transcript: EditedTranscript;

beforeAll(async () => {
  transcript = await EditedTranscript.open(contract);
}, 90_000);

afterAll(async () => {
  await transcript.close();
});

beforeEach(async () => {
  await transcript.reset();
});

describe('an edit', () => {
  it('takes the place of the segments, with the words that stayed and times for those that are new', async () => {
    const changed = await transcript.edit({
      segments: [
        { start: 0, end: 2, text: 'The family.' },
        { start: 3, end: 4, text: 'Of Dashwood.' },
      ],
    });

    expect(changed).toMatchObject({ text: 'The family. Of Dashwood.', version: 2 });
    expect(changed.segments[0]).toMatchObject({
      avg_logprob: -0.2,
      words: [
        { text: 'The', start: 0, end: 0.5, probability: 0.5 },
        { text: 'family.', start: 0.5, end: 2, probability: 1 },
      ],
    });
    expect(changed.segments[1]?.words).toEqual(HEARD[1]?.words);
    expect(await transcript.read()).toEqual(changed);
  });

  it('splits and merges segments', async () => {
    const split = await transcript.edit({
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
    const { segments } = await transcript.edit({ segments: [{ start: 0, end: 2, text: 'The end.', words }] });

    expect(segments[0]?.words).toEqual([words[0], { ...words[1], probability: 1 }]);
  });

  it('names a speaker everywhere at once', async () => {
    const segments = [
      { start: 0, end: 2, text: 'Here.', speaker: 's1' },
      { start: 3, end: 4, text: 'There.', speaker: 's1' },
    ];
    await transcript.edit({ segments, speakers: { s1: 'Speaker 1' } });
    const renamed = await transcript.edit({ speakers: { s1: 'Elinor' } });

    expect([renamed.speakers, renamed.segments.map(({ speaker }) => speaker)]).toEqual([
      { s1: 'Elinor' },
      ['s1', 's1'],
    ]);
  });

  it('is found by the lists of jobs', async () => {
    await transcript.edit({ segments: [{ start: 0, end: 2, text: 'Wholly different.' }] });
    const search = async (text: string): Promise<number> => {
      const response = await fetch(`${transcript.users.url}/jobs?text=${text}`, {
        headers: bearer(transcript.users.anna.token),
      });
      return (await jsonOf<{ total: number }>(response)).total;
    };

    expect([await search('wholly'), await search('famly')]).toEqual([1, 0]);
  });

  it('is kept in order of time', async () => {
    const { segments } = await transcript.edit({
      segments: [
        { start: 3, end: 4, text: 'Of Dashwood.' },
        { start: 0, end: 2, text: 'The famly.' },
      ],
    });

    expect(segments.map(({ start }) => start)).toEqual([0, 3]);
  });

  it('leaves segments that overlap as they were heard, with the certainty and the words of each', async () => {
    const heard = [
      { ...HEARD[0], start: 0, end: 10, text: 'One that reaches over the next.', words: undefined },
      { ...HEARD[1], start: 2, end: 3, text: 'Short.', avgLogprob: -0.9 },
      { ...HEARD[0], start: 8, end: 60.4, text: 'One past the end.', avgLogprob: -0.5, words: undefined },
    ];
    await transcript.users.execute(
      `update transcripts set segments = '${JSON.stringify(heard)}' where job_id = '${transcript.users.anna.jobId}'`,
    );
    const { segments } = await transcript.read();
    const saved = await transcript.edit({
      segments: segments.map(({ start, end, text }) => ({ start, end, text: text.replace('One', 'This') })),
    });

    expect(saved.segments.map(({ start, end, avg_logprob: sure }) => [start, end, sure])).toEqual([
      [0, 10, -0.2],
      [2, 3, -0.9],
      [8, 60.4, -0.5],
    ]);
  });

  it('that changes nothing makes no version', async () => {
    const before = await transcript.tag();
    const { segments } = await transcript.read();
    await transcript.edit({ segments: segments.map(({ start, end, text }) => ({ start, end, text })) });

    expect(await transcript.tag()).toBe(before);
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

    expect((await transcript.edit({ segments })).segments).toHaveLength(1000);
  });
});

describe('an edit is refused', () => {
  it.each<[string, unknown, string]>([
    ['times beyond the recording', [{ start: 0, end: 61, text: 'a' }], 'segments.0.end'],
    ['times before it', [{ start: -1, end: 1, text: 'a' }], 'segments.0.start'],
    ['times that are none', [{ start: '0', end: 1, text: 'a' }], 'segments.0.start'],
    ['an end before the start', [{ start: 2, end: 1, text: 'a' }], 'segments.0.end'],
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
    const response = await transcript.ask('PATCH', '', { body: { segments }, ifMatch: '*' });

    expect(await contract.findFaults('editTranscript', response.clone())).toEqual([]);
    const { status, errors = [] } = await problemOf(response);
    expect([status, errors.map((error) => error.field)]).toEqual([422, expect.arrayContaining([field])]);
    expect((await transcript.read()).text).toBe(HEARD_TEXT);
  });

  it.each([
    [{ s1: '' }],
    [{ s1: 'a\nb' }],
    [{ s1: 1 }],
    [{ 'S 1': 'Elinor' }],
    [{ s1: 'a'.repeat(101) }],
    [Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`s${at}`, 'a']))],
  ])('for the speakers %j', async (speakers) => {
    const response = await transcript.ask('PATCH', '', { body: { speakers }, ifMatch: '*' });

    expect(await contract.refusalOf('editTranscript', response)).toEqual([422, 'validation_failed']);
  });

  it('when a speaker of the segments would lose their name', async () => {
    await transcript.edit({
      segments: [{ start: 0, end: 2, text: 'a', speaker: 's1' }],
      speakers: { s1: 'Elinor' },
    });

    expect(
      await contract.refusalOf(
        'editTranscript',
        await transcript.ask('PATCH', '', { body: { speakers: {} }, ifMatch: '*' }),
      ),
    ).toEqual([422, 'validation_failed']);
  });

  it('without the version that it is of', async () => {
    const body = { speakers: {} };

    expect(await contract.refusalOf('editTranscript', await transcript.ask('PATCH', '', { body }))).toEqual([
      428,
      'transcript_version_unnamed',
    ]);
    expect(
      await contract.refusalOf(
        'restoreTranscriptVersion',
        await transcript.ask('POST', '/versions/1/restore'),
      ),
    ).toEqual([428, 'transcript_version_unnamed']);
  });

  it('when somebody else was faster, and tells who', async () => {
    const stale = await transcript.tag();
    await transcript.edit({ speakers: { s1: 'Elinor' } });
    for (const ifMatch of [stale, `W/${await transcript.tag()}`, 'nonsense']) {
      const response = await transcript.ask('PATCH', '', { body: { speakers: { s1: 'Marianne' } }, ifMatch });
      expect([response.status, await contract.findFaults('editTranscript', response.clone())]).toEqual([
        412,
        [],
      ]);
      expect(await jsonOf<TranscriptConflict>(response)).toMatchObject({
        code: 'transcript_changed',
        current_version: {
          number: 2,
          kind: 'edited',
          author: { id: transcript.users.anna.id, name: 'anna' },
          saved_at: expect.any(String),
          etag: await transcript.tag(),
        },
      });
    }
    expect((await transcript.read()).speakers).toEqual({ s1: 'Elinor' });
  });

  it('to all but one of those who save at the same moment', async () => {
    const ifMatch = await transcript.tag();
    const names = ['Elinor', 'Marianne', 'Margaret'];
    const answers = await Promise.all(
      names.map((name) => transcript.ask('PATCH', '', { body: { speakers: { s1: name } }, ifMatch })),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
  });

  it('while there is no transcript', async () => {
    await transcript.users.execute(
      `update jobs set status = 'cancelled' where id = '${transcript.users.anna.jobId}'`,
    );
    const response = await transcript.ask('PATCH', '', { body: {}, ifMatch: '*' });
    await transcript.users.execute(
      `update jobs set status = 'completed' where id = '${transcript.users.anna.jobId}'`,
    );

    expect(await contract.refusalOf('editTranscript', response)).toEqual([409, 'transcript_unavailable']);
  });
});

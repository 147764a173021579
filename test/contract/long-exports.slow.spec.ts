/** Exports of hours of speech, read by programs that are not ours. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import mammoth from 'mammoth';
import { parse } from 'subsrt-ts';
import type { Transcript } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { waitFor } from '../support/wait-for.js';

const SEGMENTS = 1000;
const WORDS_OF_SEGMENT = 20;
const MANY = 200;
const CERTAINTY = { avgLogprob: -0.2, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };

const wordsOf = (segment: number): string[] =>
  Array.from({ length: WORDS_OF_SEGMENT }, (_, at) => `word${segment * WORDS_OF_SEGMENT + at}`);
const LINES = Array.from({ length: SEGMENTS }, (_, segment) => wordsOf(segment).join(' '));
const idOf = (number: number): string => `0190aaaa-bbbb-7ccc-8ddd-${String(1000 + number).padStart(12, '0')}`;

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers(NO_RATE_LIMITS);
  const segments = LINES.map((text, at) => ({
    start: at * 10,
    end: at * 10 + 10,
    text,
    ...CERTAINTY,
    words: text.split(' ').map((word, index) => ({
      text: word,
      start: at * 10 + index / 2,
      end: at * 10 + index / 2 + 0.4,
      probability: 0.9,
    })),
  }));
  const { jobId, id } = users.anna;
  await users.execute(`
    update transcripts set text = '${LINES.join(' ')}', segments = '${JSON.stringify(segments)}', duration_seconds = 10000 where job_id = '${jobId}';
    insert into jobs (id, owner_id, original_filename, status, model, created_at, updated_at, finished_at)
      select ('0190aaaa-bbbb-7ccc-8ddd-' || lpad((1000 + i)::text, 12, '0'))::uuid, '${id}', 'many.wav', 'completed', 'base', now(), now(), now()
      from generate_series(1, ${MANY}) as i;
    insert into transcripts (job_id, model, language, duration_seconds, text, segments, created_at)
      select jobs.id, 'base', 'en', 10000, text, segments, now() from jobs, transcripts where original_filename = 'many.wav' and job_id = '${jobId}'`);
}, 90_000);

afterAll(async () => {
  await users.close();
});

async function download(query: string): Promise<Buffer> {
  const response = await fetch(`${users.url}/transcripts/${users.anna.jobId}/download?${query}`, {
    headers: bearer(users.anna.token),
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

interface Cue {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

/** What another program takes subtitles for. */
async function cues(query: string, format: 'srt' | 'vtt'): Promise<Cue[]> {
  const text = (await download(`format=${format}&${query}`)).toString();
  return (parse(text, { format }) as Cue[]).filter(({ type }) => type === 'caption');
}

/** Asks for a ZIP of all and gives the answer once it begins; nobody takes it any further. */
async function beginExport(): Promise<IncomingMessage> {
  const asked = request(`${users.url}/transcripts/export`, {
    method: 'POST',
    agent: false,
    headers: { ...bearer(users.anna.token), 'content-type': 'application/json' },
  });
  const ids = Array.from({ length: MANY }, (_, at) => idOf(at + 1));
  asked.end(JSON.stringify({ job_ids: ids, format: 'json' }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

async function countExported(): Promise<number> {
  const rows = await users.select(
    `select from audit_events where action = 'transcript.exported' and object_id <> '${users.anna.jobId}'`,
  );
  return rows.length;
}

describe('twenty thousand words', () => {
  it('are a text', async () => {
    expect((await download('format=txt')).toString()).toBe(`${LINES.join('\n')}\n`);
  });

  it.each(['srt', 'vtt'] as const)('are subtitles as %s, whole and broken into lines', async (format) => {
    const whole = await cues('', format);
    const broken = await cues('line_length=42&max_lines=1', format);

    expect(whole.map(({ content }) => content.trim())).toEqual(LINES);
    expect(broken.map(({ content }) => content.trim()).join(' ')).toBe(LINES.join(' '));
    expect(broken.length).toBeGreaterThan(whole.length);
  });

  it('are JSON', async () => {
    const { segments } = JSON.parse((await download('format=json')).toString()) as Transcript;

    expect(segments.map(({ text }) => text)).toEqual(LINES);
    expect(segments.at(-1)?.words).toHaveLength(WORDS_OF_SEGMENT);
  });

  it('are a table', async () => {
    const rows = (await download('format=tsv')).toString().trimEnd().split('\n');

    expect(rows.slice(1).map((row) => row.split('\t')[2])).toEqual(LINES);
  });

  it('are documents, several at the same moment', async () => {
    const [plain, timed] = await Promise.all([download('format=docx'), download('format=docx&times=true')]);
    const read = async (buffer: Buffer): Promise<string[]> =>
      (await mammoth.extractRawText({ buffer })).value.split('\n\n').filter((line) => line !== '');

    expect(await read(plain)).toEqual(['talk.wav', ...LINES]);
    expect((await read(timed)).at(-1)).toBe(`[02:46:30] ${LINES.at(-1)}`);
  });

  it('are a ZIP of documents', async () => {
    const response = await fetch(`${users.url}/transcripts/export`, {
      method: 'POST',
      headers: { ...bearer(users.anna.token), 'content-type': 'application/json' },
      body: JSON.stringify({ job_ids: [users.anna.jobId], format: 'docx' }),
    });
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));

    expect(Object.keys(files)).toEqual(['talk.docx', 'manifest.json']);
    const document = unzipSync(files['talk.docx'] ?? new Uint8Array());
    expect(strFromU8(document['word/document.xml'] ?? new Uint8Array())).toContain(LINES.at(-1));
  });
});

describe('a ZIP whose client goes away', () => {
  it('is not written any further', async () => {
    const response = await beginExport();
    await once(response, 'readable');
    response.socket.destroy();
    let before = -1;
    await waitFor(async () => {
      const now = await countExported();
      const isStill = now === before;
      before = now;
      // Others take their turn, so that one that went on would be seen to.
      await download('format=json');
      return isStill;
    });

    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(MANY);
    expect(await countExported()).toBe(before);
  });
});

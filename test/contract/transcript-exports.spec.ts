/** Transcripts as files, read by programs that are not ours. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import mammoth from 'mammoth';
import { parse } from 'subsrt-ts';
import { bearer, postJson } from '../support/accounts.js';
import { problemOf } from '../support/api-client.js';
import { EditedTranscript, HEARD } from '../support/edited-transcript.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';

const FORMULA = '=cmd|"/c calc"!A1\t<b>&amp;</b> --> "x"';
const NAME = 'Anna <& Co>';

const contract = new OpenApiContract();
let transcript: EditedTranscript;

beforeAll(async () => {
  transcript = await EditedTranscript.open(contract);
  await transcript.reset();
  const [heard] = HEARD;
  await transcript.edit({
    speakers: { s1: NAME },
    segments: [
      { start: 0, end: 2, text: 'The famly.', words: heard?.words as [] },
      { start: 3, end: 4, text: FORMULA, speaker: 's1' },
      { start: 5, end: 9, text: 'had then leisure to consider how much there might be', speaker: 's1' },
    ],
  });
}, 90_000);

afterAll(async () => {
  await transcript.close();
});

async function download(query: string): Promise<Response> {
  const response = await transcript.ask('GET', `/download?${query}`);
  expect(response.status).toBe(200);
  return response;
}

const text = async (query: string): Promise<string> => (await download(query)).text();

interface Cue {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

/** What another program takes subtitles for. */
async function cues(query: string, format: 'srt' | 'vtt'): Promise<Cue[]> {
  return (parse(await text(`format=${format}&${query}`), { format }) as Cue[]).filter(
    ({ type }) => type === 'caption',
  );
}

describe('subtitles', () => {
  it.each(['srt', 'vtt'] as const)('as %s are one for each segment, with who speaks', async (format) => {
    const found = await cues('', format);

    expect(found.map(({ start, end }) => [start, end])).toEqual([
      [0, 2000],
      [3000, 4000],
      [5000, 9000],
    ]);
    expect(found[2]?.content).toContain(format === 'srt' ? `${NAME}: had` : '<v Anna &lt;&amp; Co&gt;>had');
    expect(found[1]?.content).not.toContain('-->');
    expect((await cues('speakers=false', format))[2]?.content).toMatch(/^had/);
  });

  it.each(['srt', 'vtt'] as const)('as %s are broken between words, by time', async (format) => {
    const found = await cues('speakers=false&line_length=16&max_lines=1', format);

    expect(found.slice(-4).map(({ content }) => content.trim())).toEqual([
      'had then leisure',
      'to consider how',
      'much there might',
      'be',
    ]);
    expect(found.every(({ start, end }, at) => start <= end && end <= (found[at + 1]?.start ?? 9000))).toBe(
      true,
    );
  });

  it('have no more words than they may, nor two lines unless that is allowed', async () => {
    for (const { content } of await cues('speakers=false&max_words=4&line_length=20', 'srt')) {
      expect(content.split(/\s+/).length).toBeLessThanOrEqual(4);
      expect(content.trim().split('\n').length).toBeLessThanOrEqual(2);
    }
  });
});

describe('a document', () => {
  it('has the name of the recording, and a paragraph for each segment', async () => {
    const response = await download('format=docx&times=true');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=talk.docx');
    const { value } = await mammoth.extractRawText({ buffer: Buffer.from(await response.arrayBuffer()) });

    expect(value.split('\n\n').filter((line) => line !== '')).toEqual([
      'talk.wav',
      '[00:00:00] The famly.',
      `[00:00:03] ${NAME}: ${FORMULA.replace('\t', ' ')}`,
      `[00:00:05] ${NAME}: had then leisure to consider how much there might be`,
    ]);
  });

  it('is what Word calls one', async () => {
    const files = unzipSync(new Uint8Array(await (await download('format=docx')).arrayBuffer()));

    expect(strFromU8(files['word/document.xml'] ?? new Uint8Array())).not.toContain('[00:00');
    expect(Object.keys(files)).toContain('[Content_Types].xml');
  });
});

describe('a text', () => {
  it('has times and names as it is told', async () => {
    expect((await text('format=txt')).split('\n')[2]).toBe(
      `${NAME}: had then leisure to consider how much there might be`,
    );
    expect((await text('format=txt&times=true&speakers=false')).split('\n')[2]).toBe(
      '[00:00:05] had then leisure to consider how much there might be',
    );
  });
});

describe('a table', () => {
  it('has no cell that a spreadsheet runs, and one row for each segment', async () => {
    const rows = (await text('format=tsv'))
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));

    expect(rows.slice(0, 3)).toEqual([
      ['start', 'end', 'speaker', 'text'],
      ['0', '2000', '', 'The famly.'],
      ['3000', '4000', NAME, `'${FORMULA.replace('\t', ' ')}`],
    ]);
    expect((await text('format=tsv&speakers=false')).split('\n')[0]).toBe('start\tend\ttext');
  });
});

describe('an option', () => {
  it.each([
    ['format=txt&line_length=40', 'line_length'],
    ['format=json&speakers=true', 'speakers'],
    ['format=srt&times=true', 'times'],
    ['format=tsv&max_words=3', 'max_words'],
    ['format=srt&line_length=9', 'line_length'],
    ['format=srt&max_words=0', 'max_words'],
    ['format=srt&max_lines=11', 'max_lines'],
    ['format=txt&times=yes', 'times'],
  ])('%s is refused', async (query, field) => {
    const response = await transcript.ask('GET', `/download?${query}`);

    expect(await contract.findFaults('downloadTranscript', response.clone())).toEqual([]);
    const { status, errors = [] } = await problemOf(response);
    expect([status, errors.map((error) => error.field)]).toEqual([422, [field]]);
  });
});

describe('several transcripts', () => {
  const exported = (body: object): Promise<Response> =>
    postJson(`${transcript.users.url}/transcripts/export`, body, bearer(transcript.users.anna.token));

  it('come as a ZIP with a list of those that are missing', async () => {
    const { anna, bob } = transcript.users;
    const waiting = '0190aaaa-bbbb-7ccc-8ddd-0000000000ee';
    await transcript.users.execute(`
      insert into jobs (id, owner_id, media_file_id, original_filename, status, model, created_at, updated_at)
        values ('${waiting}', '${anna.id}', '${anna.mediaId}', 'talk.wav', 'queued', 'base', now(), now())`);
    const response = await exported({
      job_ids: [anna.jobId, bob.jobId, waiting, UNKNOWN_ID],
      format: 'srt',
      speakers: false,
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));

    expect(Object.keys(files)).toEqual(['talk.srt', 'manifest.json']);
    expect(strFromU8(files['talk.srt'] ?? new Uint8Array())).toBe(await text('format=srt&speakers=false'));
    expect(JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array()))).toEqual({
      format: 'srt',
      transcripts: [
        { job_id: anna.jobId, file: 'talk.srt', problem: null },
        ...[bob.jobId, waiting, UNKNOWN_ID].map((id) => ({
          job_id: id,
          file: null,
          problem: {
            code: id === waiting ? 'transcript_not_ready' : 'job_not_found',
            detail: expect.any(String),
          },
        })),
      ],
    });
  });

  it('are as the document says', async () => {
    const { jobId } = transcript.users.anna;
    for (const body of [
      {},
      { job_ids: [] },
      { job_ids: [jobId, jobId] },
      { job_ids: ['x'] },
      { job_ids: [jobId], format: 'pdf' },
      { job_ids: [jobId], format: 'txt', max_words: 3 },
    ])
      expect(await contract.refusalOf('exportTranscripts', await exported(body))).toEqual([
        422,
        'validation_failed',
      ]);
    expect(await contract.findFaults('exportTranscripts', await exported({ job_ids: [jobId] }))).toEqual([]);
    expect(await contract.findFaults('downloadTranscript', await download('format=docx'))).toEqual([]);
  });

  it('and no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Exports')).toEqual([]);
  });
});

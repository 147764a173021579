/** What befalls calls of the OpenAI API that ask who speaks: none of it costs the text, and none of it is kept silent. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, JobList, Transcript } from '@whisper-transcriber/client-sdk';
import { postJson } from '../../support/accounts.js';
import { jsonOf } from '../../support/api-client.js';
import { killDiarizers, killEngineOf } from '../../support/engine-process.js';
import { CONVERSATION, GUEST, knownSpeakers, READER } from '../../support/known-speakers.js';
import { OpenApiContract } from '../../support/openapi-contract.js';
import { askOpenAi, type Part } from '../../support/openai-requests.js';
import { startService, type RunningService } from '../../support/start-service.js';
import { waitFor } from '../../support/wait-for.js';

const LIMIT_MS = 120_000;
const CODE = 'diarization_failed';
const WHOLE_TEXT = /^Unless .* ten\.$/;

const contract = new OpenApiContract();
let dataDir: string;
let service: RunningService;

const start = (): Promise<RunningService> => startService({ dataDir, env: { OPENAI_KEEP_JOBS: 'true' } });

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'openai-speakers-'));
  service = await start();
}, 90_000);

afterAll(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Diarized {
  readonly text: string;
  readonly segments: readonly { readonly speaker: string }[];
  readonly diarization_error?: { readonly code: string; readonly detail: string };
  readonly diarization_warning?: { readonly code: string; readonly detail: string };
}

const speakersOf = ({ segments }: Diarized): string[] => segments.map(({ speaker }) => speaker);

const ask = (parts: readonly Part[], headers: Record<string, string> = {}): Promise<Response> =>
  askOpenAi(
    service.url,
    [
      ['model', 'gpt-4o-transcribe-diarize'],
      ['response_format', 'diarized_json'],
      ...parts,
      ['file', { file: CONVERSATION }],
    ],
    { headers },
  );

/** The same call as often as it has the same key. */
const askForKnown = async (key: string): Promise<Response> =>
  ask(await knownSpeakers({ Guest: GUEST, Reader: READER }), { 'idempotency-key': key });

type ListedJob = JobList['jobs'][number];

interface Event {
  readonly type: string;
  readonly speaker?: string;
}

async function eventsOf(answer: Response): Promise<Event[]> {
  const blocks = (await answer.text()).split('\n\n').filter((block) => block.startsWith('data: {'));
  return blocks.map((block) => JSON.parse(block.slice('data: '.length)) as Event);
}

async function newestJob(): Promise<ListedJob | undefined> {
  const { jobs } = await jsonOf<JobList>(await fetch(`${service.url}/jobs?limit=1`));
  return jobs[0];
}

/** Resolves with the id of the newest job when it has got so far. */
async function jobAt(isThere: (job: ListedJob) => boolean): Promise<string> {
  let id = '';
  await waitFor(
    async () => {
      const job = await newestJob();
      id = job?.job_id ?? '';
      return job !== undefined && isThere(job);
    },
    { limitMs: 60_000, what: 'the job' },
  );
  return id;
}

describe('a call whose diarizer is lost again and again', () => {
  it(
    'gets its text, and why it is without speakers',
    async () => {
      const [answer] = await Promise.all([ask([]), killDiarizers(service, 2)]);
      expect(answer.status).toBe(200);
      expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
      const diarized = await jsonOf<Diarized>(answer);

      expect(diarized.text).toMatch(WHOLE_TEXT);
      expect(new Set(speakersOf(diarized))).toEqual(new Set(['unknown']));
      expect(diarized.diarization_error).toMatchObject({
        code: CODE,
        detail: expect.stringMatching(/crashed/),
      });
    },
    LIMIT_MS,
  );

  it(
    'gets the same in a stream',
    async () => {
      const [answer] = await Promise.all([ask([['stream', 'true']]), killDiarizers(service, 2)]);
      const events = await eventsOf(answer);
      const segments = events.filter(({ type }) => type === 'transcript.text.segment');

      expect(new Set(segments.map(({ speaker }) => speaker))).toEqual(new Set(['unknown']));
      expect(events.at(-1)).toMatchObject({
        type: 'transcript.text.done',
        text: expect.stringMatching(WHOLE_TEXT),
        diarization_error: { code: CODE },
      });
    },
    LIMIT_MS,
  );

  it(
    'in the middle of its reference hears that again',
    async () => {
      const [answer] = await Promise.all([askForKnown('reference'), killDiarizers(service, 1)]);

      expect(speakersOf(await jsonOf<Diarized>(answer))).toEqual(['Reader', 'Guest', 'Reader', 'Guest']);
    },
    LIMIT_MS,
  );
});

describe('known speakers', () => {
  it(
    'are known to the attempt after one whose engine was lost',
    async () => {
      const answer = askForKnown('engine');
      const id = await jobAt(({ status }) => status === 'processing');
      killEngineOf(service.pid);

      expect(speakersOf(await jsonOf<Diarized>(await answer))).toEqual([
        'Reader',
        'Guest',
        'Reader',
        'Guest',
      ]);
      expect(await jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`))).toMatchObject({ attempts: 2 });
    },
    LIMIT_MS,
  );

  it(
    'are known after the service was killed, to the call that is made again',
    async () => {
      const lost = askForKnown('service').catch(() => null);
      await jobAt(({ progress }) => progress.stage === 'diarizing');
      await service.kill();
      await lost;
      service = await start();

      const diarized = await jsonOf<Diarized>(await askForKnown('service'));
      expect(speakersOf(diarized)).toEqual(['Reader', 'Guest', 'Reader', 'Guest']);
      expect(diarized.diarization_warning).toBeUndefined();
    },
    LIMIT_MS,
  );

  it(
    'are forgotten with the end of the job, which the answer says when it is tried again',
    async () => {
      const cancelled = askForKnown('retried');
      const id = await jobAt(({ status }) => status === 'processing');
      await postJson(`${service.url}/jobs/${id}/cancel`, {});
      expect((await cancelled).ok).toBe(false);
      await postJson(`${service.url}/jobs/${id}/retry`, {});

      const answer = await askForKnown('retried');
      expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
      const diarized = await jsonOf<Diarized>(answer);
      expect(speakersOf(diarized)).toEqual(['A', 'B', 'A', 'B']);
      expect(diarized.diarization_warning).toMatchObject({ code: 'known_voices_gone' });
      const transcript = await fetch(`${service.url}/transcripts/${id}`);
      expect(await contract.findFaults('getTranscript', transcript.clone())).toEqual([]);
      expect((await jsonOf<Transcript>(transcript)).diarization).toMatchObject({
        state: 'completed',
        speakers: 2,
        warning: { code: 'known_voices_gone' },
      });
    },
    LIMIT_MS,
  );
});

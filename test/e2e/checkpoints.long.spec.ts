import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, JobHistory, PartialTranscript, Transcript } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { getTranscript, jsonOf, transcribe, upload } from '../support/api-client.js';
import { findChild, killEngineOf } from '../support/engine-process.js';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** Three minutes: several pieces of text. */
const RECORDING_BYTES = 3 * 60 * 32_000;
/** So that what comes of it shows more than the text. */
const WITH_WORDS = { words: 'true' };
const LIMIT_MS = 240_000;

let recording: Buffer<ArrayBuffer>;
let undisturbed: Transcript;
let service: RunningService;

beforeAll(async () => {
  recording = await longRecording(RECORDING_BYTES);
  service = await startService();
  const { job_id: id } = await transcribe(service.url, { content: recording, fields: WITH_WORDS });
  undisturbed = await getTranscript(service.url, id);
  await service.stop();
}, LIMIT_MS);

afterAll(() => {
  expect(undisturbed.segments.length).toBeGreaterThan(10);
});

afterEach(async () => {
  await service.stop();
});

async function begin(content = recording): Promise<string> {
  return (await jsonOf<Job>(await upload(service.url, { content, fields: WITH_WORDS }))).job_id;
}

async function get(id: string, wait = 0): Promise<Job> {
  const headers: Record<string, string> = wait === 0 ? {} : { prefer: `wait=${wait}` };
  return jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`, { headers }));
}

async function partOf(id: string): Promise<PartialTranscript> {
  return jsonOf<PartialTranscript>(await fetch(`${service.url}/transcripts/${id}/partial`));
}

/** Waits until some text is there, and not all. */
async function untilInTheMiddle(id: string): Promise<PartialTranscript> {
  await waitFor(async () => (await partOf(id)).segments.length > 0, { what: 'the first piece of text' });
  return partOf(id);
}

async function reasonsOf(id: string): Promise<string[]> {
  const history = await jsonOf<JobHistory>(await fetch(`${service.url}/jobs/${id}/history`));
  return history.history.map(({ reason }) => reason);
}

async function lossesOf(id: string): Promise<number> {
  return (await reasonsOf(id)).filter((reason) => reason === 'transcription_failed').length;
}

async function expectUndisturbed(id: string, part: PartialTranscript): Promise<void> {
  expect(await get(id, 120)).toMatchObject({ status: 'completed', progress: { percent: 100 } });
  const transcript = await getTranscript(service.url, id);
  expect({ ...transcript, job_id: '' }).toEqual({ ...undisturbed, job_id: '' });
  expect(transcript.segments.slice(0, part.segments.length)).toEqual(part.segments);
  expect(await partOf(id)).toMatchObject({ complete: true, text: transcript.text });
}

describe('an engine that hangs while it has nothing to do', () => {
  it(
    'is found out and replaced; until then the service is not ready',
    async () => {
      service = await startService({ env: { ENGINE_STALL_S: '10' } });
      process.kill(findChild(service.pid, 'engine.child') ?? 0, 'SIGSTOP');
      const isReady = async (): Promise<boolean> => (await fetch(`${service.url}/readyz`)).ok;

      await waitFor(async () => !(await isReady()), { what: 'the hang to be seen', limitMs: 120_000 });
      await waitFor(isReady, { what: 'the engine to be replaced', limitMs: 120_000 });
      expect((await transcribe(service.url, { file: 'clips/fr/bonjour_monde.wav' })).status).toBe(
        'completed',
      );
    },
    LIMIT_MS,
  );
});

describe('an engine that hangs in the middle of a recording', () => {
  it(
    'makes the service unready before it is replaced, and its job goes on',
    async () => {
      service = await startService();
      const id = await begin();
      await untilInTheMiddle(id);
      process.kill(findChild(service.pid, 'engine.child') ?? 0, 'SIGSTOP');
      await waitFor(async () => !(await fetch(`${service.url}/readyz`)).ok, {
        what: 'the hang to be seen',
        limitMs: 30_000,
      });
      expect(await lossesOf(id)).toBe(0);

      expect(await get(id, 120)).toMatchObject({ status: 'completed', attempts: 2 });
      expect((await getTranscript(service.url, id)).text).toBe(undisturbed.text);
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).ok);
    },
    LIMIT_MS,
  );
});

describe('an engine that has grown', () => {
  it(
    'is replaced between two jobs, which do not notice',
    async () => {
      service = await startService({ env: { ENGINE_RECYCLE_MB: '1' } });
      await transcribe(service.url, { file: 'clips/fr/bonjour_monde.wav' });
      const { job_id: id } = await transcribe(service.url, { content: recording });
      await waitFor(() => service.log().includes('The engine has grown and is replaced'));

      expect((await transcribe(service.url, { file: 'clips/fr/bonjour_monde.wav' })).status).toBe(
        'completed',
      );
      expect((await getTranscript(service.url, id)).text).toBe(undisturbed.text);
    },
    LIMIT_MS,
  );
});

describe('a job that is in the middle of a recording', () => {
  it(
    'goes on from there however often the engine is killed, and gives the same text',
    async () => {
      service = await startService({ env: { JOB_MAX_ATTEMPTS: '2' } });
      const longer = await longRecording(2 * RECORDING_BYTES);
      const { job_id: whole } = await transcribe(service.url, { content: longer });
      const id = await begin(longer);
      const parts: PartialTranscript[] = [];
      for (let position = 0; parts.length < 2; position = parts.at(-1)?.position ?? 0) {
        await waitFor(async () => (await partOf(id)).position > position, {
          limitMs: 60_000,
          what: 'more text',
        });
        parts.push(await partOf(id));
        killEngineOf(service.pid);
        await waitFor(async () => (await lossesOf(id)) === parts.length, { what: 'the loss' });
      }

      expect(await get(id, 120)).toMatchObject({ status: 'completed', attempts: 3 });
      const { text, segments } = await getTranscript(service.url, id);
      // An engine with little memory may change a figure in its last digits, but no word.
      expect(text).toBe((await getTranscript(service.url, whole)).text);
      const textsOf = (some: readonly { text: string }[]): string[] => some.map((segment) => segment.text);
      for (const part of parts)
        expect(textsOf(segments).slice(0, part.segments.length)).toEqual(textsOf(part.segments));
    },
    LIMIT_MS,
  );

  it(
    'goes on from there when the whole service is killed, and gives the same text',
    async () => {
      service = await startService();
      const { dataDir } = service;
      const id = await begin();
      const part = await untilInTheMiddle(id);
      await service.kill();
      service = await startService({ dataDir });

      expect((await partOf(id)).position).toBeGreaterThanOrEqual(part.position);
      await expectUndisturbed(id, part);
      expect(await reasonsOf(id)).toContain('worker_lost');
    },
    LIMIT_MS,
  );

  it(
    'goes on from there when the service is stopped and started, which is no loss',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'checkpoints-'));
      service = await startService({ dataDir });
      const id = await begin();
      const part = await untilInTheMiddle(id);
      expect(await service.stop()).toBe(0);
      service = await startService({ dataDir });

      await expectUndisturbed(id, part);
      expect(await reasonsOf(id)).toContain('worker_stopping');
      expect((await get(id)).attempts).toBe(2);
      await service.stop();
      await rm(dataDir, { recursive: true });
    },
    LIMIT_MS,
  );

  it(
    'goes on from there when it was cancelled and is tried again, but begins anew with other options',
    async () => {
      service = await startService();
      const id = await begin();
      const part = await untilInTheMiddle(id);
      await fetch(`${service.url}/jobs/${id}/cancel`, { method: 'POST' });
      expect((await partOf(id)).segments.length).toBeGreaterThanOrEqual(part.segments.length);
      await fetch(`${service.url}/jobs/${id}/retry`, { method: 'POST' });
      await waitFor(async () => (await get(id)).status === 'processing');
      expect((await get(id)).progress.processed_seconds).toBeGreaterThanOrEqual(part.position);
      await expectUndisturbed(id, part);
    },
    LIMIT_MS,
  );

  it(
    'begins anew when it is cancelled and tried again with other options',
    async () => {
      service = await startService();
      const id = await begin();
      const part = await untilInTheMiddle(id);
      expect(part.segments[0]?.words).toBeDefined();
      await fetch(`${service.url}/jobs/${id}/cancel`, { method: 'POST' });
      await postJson(`${service.url}/jobs/${id}/retry`, { words: false });
      await waitFor(async () => (await partOf(id)).position < part.position, { what: 'the new beginning' });

      expect(await get(id, 120)).toMatchObject({ status: 'completed', words: false });
      const { text, segments } = await getTranscript(service.url, id);
      expect(text).toBe(undisturbed.text);
      expect(segments.filter(({ words }) => words !== undefined)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'goes on from there when the engine stands still: it is replaced',
    async () => {
      service = await startService({ env: { ENGINE_STALL_S: '20' } });
      const id = await begin();
      const part = await untilInTheMiddle(id);
      const engine = findChild(service.pid, 'engine.child');
      process.kill(engine ?? 0, 'SIGSTOP');

      await waitFor(() => service.log().includes(' is replaced'));
      await expectUndisturbed(id, part);
    },
    LIMIT_MS,
  );
});

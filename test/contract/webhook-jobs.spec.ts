/** What webhooks tell of jobs that a real worker ended. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf, transcribe, upload, wordsOf } from '../support/api-client.js';
import { killEngineOf } from '../support/engine-process.js';
import { HookReceiver, type ReceivedHook } from '../support/hook-receiver.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 120_000;

const contract = new OpenApiContract();
let receiver: HookReceiver;
let service: RunningService;

beforeAll(async () => {
  receiver = await HookReceiver.open();
  service = await startService({ env: { WEBHOOK_ALLOW: '127.0.0.1', JOB_MAX_ATTEMPTS: '1' } });
  await postJson(`${service.url}/webhooks`, { url: receiver.url() });
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await receiver.close();
});

async function received(jobId: string): Promise<[first: ReceivedHook, ...more: ReceivedHook[]]> {
  await waitFor(() => receiver.of(jobId).length > 0, { what: 'the webhook' });
  const [first, ...more] = receiver.of(jobId);
  if (first === undefined) throw new Error('It has come');
  return [first, ...more];
}

describe('a webhook', () => {
  it(
    'tells of a job that was completed, and not what was said in it',
    async () => {
      const { job_id: id, transcript } = await transcribe(service.url, {
        file: 'docs/samples/sense-and-sensibility.wav',
      });
      const [hook, ...more] = await received(id);

      expect(hook.payload).toMatchObject({
        type: 'job.completed',
        data: { status: 'completed', error: null },
      });
      expect(contract.findMessageFaults('job.completed', hook)).toEqual([]);
      expect(more).toEqual([]);
      const told = new Set(wordsOf(hook.body));
      const rare = wordsOf(transcript ?? '').filter((word) => word.length > 5);
      expect(rare.length).toBeGreaterThan(0);
      expect(rare.filter((word) => told.has(word))).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'tells of a job that failed, and why',
    async () => {
      const begun = await jsonOf<Job>(await upload(service.url, { file: 'clips/en/words_exact.flac' }));
      const address = `${service.url}/jobs/${begun.job_id}`;
      await waitFor(async () => (await jsonOf<Job>(await fetch(address))).status === 'processing');
      killEngineOf(service.pid);
      const [hook] = await received(begun.job_id);
      const failed = await jsonOf<Job>(await fetch(address));

      expect(contract.findMessageFaults('job.failed', hook)).toEqual([]);
      expect(failed.status).toBe('failed');
      expect(hook.payload).toMatchObject({
        type: 'job.failed',
        data: { status: 'failed', error: failed.error, links: failed.links },
      });
    },
    LIMIT_MS,
  );
});

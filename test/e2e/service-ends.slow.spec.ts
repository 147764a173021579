/** Services that end: asked to, killed, and those that cannot start. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, JobList } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { killEngineOf } from '../support/engine-process.js';
import { runServiceToEnd, startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';

describe('a service that stops', () => {
  let dataDir: string;
  let service: RunningService | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'restart-'));
  });

  afterEach(async () => {
    await service?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('in the middle of its work (SIGTERM) exits with 0 and goes on after the next start', async () => {
    service = await startService({ dataDir });
    const [first, second] = await uploadTwo(service.url);
    expect(await service.stop()).toBe(0);

    service = await startService({ dataDir });
    await expectCompleted(service.url, [first, second]);
  }, 120_000);

  it('by kill -9 in the middle of its work loses nothing that was accepted', async () => {
    service = await startService({ dataDir });
    const [first, second] = await uploadTwo(service.url);
    await service.kill();

    service = await startService({ dataDir });
    await expectCompleted(service.url, [first, second]);
  }, 120_000);

  it('keeps a job whose engine is killed again and again from ending anything but itself', async () => {
    service = await startService({ dataDir, env: { JOB_MAX_ATTEMPTS: '1' } });
    const { url, pid } = service;
    const doomed = await jsonOf<Job>(await upload(url, { file: 'clips/en/words_exact.flac' }));
    await waitFor(
      async () => (await jsonOf<Job>(await fetch(`${url}${doomed.links.self}`))).status === 'processing',
    );
    killEngineOf(pid);
    const ended = await jsonOf<Job>(
      await fetch(`${url}${doomed.links.self}`, { headers: { prefer: 'wait=60' } }),
    );

    expect(ended).toMatchObject({ status: 'failed', error: { code: 'transcription_failed' } });
    expect((await transcribe(url, { file: SPEECH })).status).toBe('completed');
    expect((await problemOf(await fetch(`${url}${doomed.links.transcript}`))).code).toBe(
      'transcript_unavailable',
    );
  }, 120_000);

  async function uploadTwo(url: string): Promise<[string, string]> {
    const first = await jsonOf<Job>(await upload(url, { file: 'clips/en/words_exact.flac' }));
    const second = await jsonOf<Job>(await upload(url, { file: SPEECH }));
    await waitFor(
      async () => (await jsonOf<Job>(await fetch(`${url}${first.links.self}`))).status === 'processing',
    );
    return [first.job_id, second.job_id];
  }

  async function expectCompleted(url: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const job = await jsonOf<Job>(await fetch(`${url}/jobs/${id}`, { headers: { prefer: 'wait=90' } }));
      expect(job).toMatchObject({ status: 'completed', error: null });
      expect(job.transcript).not.toBe('');
    }
    expect((await jsonOf<JobList>(await fetch(`${url}/jobs`))).total).toBe(ids.length);
  }
});

describe('a start that cannot work', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'start-'));
  });

  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says in one line that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const { code, stderr } = await runServiceToEnd({ PORT: port, DATA_DIR: dataDir });
    other.close();

    expect([code, stderr]).toEqual([1, `Port ${port} on 127.0.0.1 is taken. Set PORT to another one.\n`]);
  }, 60_000);

  it('says in one line that the data folder belongs to a running service', async () => {
    const service = await startService({ dataDir });
    const { code, stderr } = await runServiceToEnd({ PORT: '0', DATA_DIR: dataDir });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^The data folder .+ is in use by another running service.*\n$/);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    await service.stop();
  }, 90_000);

  it('says in one line that the data folder cannot be written', async () => {
    const { code, stderr } = await runServiceToEnd({ PORT: '0', DATA_DIR: '/proc/nowhere' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^The data folder \/proc\/nowhere cannot be written.*\n$/);
  });

  it('lists everything that is wrong with the configuration', async () => {
    const { code, stderr } = await runServiceToEnd({
      PORT: 'x',
      HOST: '0.0.0.0',
      ANONYMOUS_LOCAL: 'true',
      DATA_DIR: dataDir,
    });

    expect(code).toBe(1);
    expect(stderr.split('\n')).toHaveLength(4);
  });
});

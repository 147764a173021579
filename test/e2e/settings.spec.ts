import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Job, ModelList } from '@whisper-transcriber/client-sdk';
import { getTranscript, jsonOf, transcribe, upload } from '../support/api-client.js';
import { startService, type RunningService } from '../support/start-service.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SPEECH = 'docs/samples/sense-and-sensibility.wav';

describe('a setting', () => {
  let service: RunningService | undefined;
  const folders: string[] = [];

  afterEach(async () => {
    await service?.stop();
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  it('PUBLIC_URL stands before the links of every job', async () => {
    service = await startService({
      env: { PUBLIC_URL: 'https://speech.example/app/', WORKER_EMBEDDED: 'false' },
    });
    const response = await upload(service.url, { file: SPEECH });
    const job = await jsonOf<Job>(response);

    expect(response.headers.get('location')).toBe(`https://speech.example/app/jobs/${job.job_id}`);
    expect(job.links.transcript).toBe(`https://speech.example/app/transcripts/${job.job_id}`);
  }, 90_000);

  it('MODEL_DIR adds models, and WHISPER_MODEL makes one of them the default', async () => {
    const modelDir = await mkdtemp(path.join(tmpdir(), 'models-'));
    folders.push(modelDir);
    await cp(path.join(ROOT, 'models/whisper-base'), path.join(modelDir, 'whisper-small'), {
      recursive: true,
    });
    service = await startService({ env: { MODEL_DIR: modelDir, WHISPER_MODEL: 'small' } });

    expect((await jsonOf<ModelList>(await fetch(`${service.url}/models`))).default).toBe('small');
    const unnamed = await transcribe(service.url, { file: SPEECH });
    const named = await transcribe(service.url, { file: SPEECH, fields: { model: 'base' } });
    expect([unnamed.model, named.model]).toEqual(['small', 'base']);
    expect((await getTranscript(service.url, named.job_id)).model).toBe('base');
  }, 120_000);
});

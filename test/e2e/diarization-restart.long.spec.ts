/** Power cuts while speakers are told apart: the text is there, and stays. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Job, Transcript } from '@whisper-transcriber/client-sdk';
import { fixturePath, getTranscript, jsonOf, transcribe, upload } from '../support/api-client.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const TIMES = 12;
const HEADER_BYTES = 44;
const FIELDS = { diarize: 'true', words: 'true' };
const LIMIT_MS = 240_000;

let dataDir: string;
let service: RunningService;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'diarization-'));
  service = await startService({ dataDir });
});
afterEach(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** The conversation over and over: four minutes. */
async function longConversation(): Promise<Buffer<ArrayBuffer>> {
  const once = await readFile(fixturePath('conversation/conversation.wav'));
  const sound = once.subarray(HEADER_BYTES);
  const wav = Buffer.concat([once.subarray(0, HEADER_BYTES), ...Array.from({ length: TIMES }, () => sound)]);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.writeUInt32LE(wav.length - HEADER_BYTES, HEADER_BYTES - 4);
  return wav;
}

const heard = ({ segments, speakers, diarization }: Transcript): unknown => ({
  segments,
  speakers,
  diarization,
});

it(
  'the job ends with the same text and speakers as one that nothing befell',
  async () => {
    const content = await longConversation();
    const calm = await transcribe(service.url, { content, fields: FIELDS });
    const undisturbed = await getTranscript(service.url, calm.job_id);
    expect(undisturbed.diarization).toMatchObject({ state: 'completed', speakers: 2 });

    const { job_id: id } = await jsonOf<Job>(await upload(service.url, { content, fields: FIELDS }));
    const get = async (): Promise<Job> => jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`));
    await waitFor(async () => (await get()).progress.stage === 'diarizing', {
      limitMs: 120_000,
      what: 'the stage',
    });
    await service.kill();
    service = await startService({ dataDir });
    await waitFor(async () => (await get()).status === 'completed', { limitMs: 120_000, what: 'its end' });
    expect(heard(await getTranscript(service.url, id))).toEqual(heard(undisturbed));
  },
  LIMIT_MS,
);

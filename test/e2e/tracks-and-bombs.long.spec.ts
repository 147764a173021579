import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { fixturePath, getTranscript, jsonOf, transcribe, upload, wordsOf } from '../support/api-client.js';
import { lateMemoryBomb } from '../support/hostile-files.js';
import { matroska } from '../support/matroska-file.js';
import { startService, type RunningService } from '../support/start-service.js';

const ENGLISH = 'docs/samples/sense-and-sensibility.wav';
const SPANISH = 'clips/es/pangrama.wav';
const CHUNK_HEAD_BYTES = 8;
const LIMIT_MS = 120_000;

let service: RunningService;

beforeAll(async () => {
  service = await startService();
}, 90_000);

afterAll(async () => {
  await service.stop();
});

const samplesOf = async (file: string): Promise<Buffer> => {
  const wav = await readFile(fixturePath(file));
  return wav.subarray(wav.indexOf('data') + CHUNK_HEAD_BYTES);
};

/** 16 bit samples of a recording that has them as floats. */
async function shortSamplesOf(file: string): Promise<Buffer> {
  const floats = await samplesOf(file);
  const shorts = Buffer.alloc(floats.length / 2);
  for (let at = 0; at < shorts.length; at += 2) {
    shorts.writeInt16LE(Math.round(floats.readFloatLE(2 * at) * 32_767), at);
  }
  return shorts;
}

describe('a recording with two tracks', () => {
  it(
    'becomes the words of the one that is asked for, else of its default',
    async () => {
      const content = matroska({
        tracks: [
          { samples: await samplesOf(ENGLISH), sampleRate: 16_000, language: 'eng' },
          { samples: await shortSamplesOf(SPANISH), sampleRate: 16_000, language: 'spa', isDefault: true },
        ],
      });
      const english = await transcribe(service.url, { content, fields: { track: '0' } });
      const spanish = await transcribe(service.url, { content, fields: { track: '1' } });
      const unchosen = await transcribe(service.url, { content });

      expect(wordsOf(english.transcript ?? '')).toContain('leisure');
      expect((await getTranscript(service.url, english.job_id)).language).toBe('en');
      expect((await getTranscript(service.url, spanish.job_id)).language).toBe('es');
      expect(wordsOf(spanish.transcript ?? '')).toContain('feliz');
      expect(unchosen.transcript).toBe(spanish.transcript);
    },
    LIMIT_MS,
  );
});

describe('a recording that wants gigabytes in its middle', () => {
  it(
    'fails with its own error at once, and costs the others nothing',
    async () => {
      const bomb = await jsonOf<Job>(
        await upload(service.url, { content: lateMemoryBomb(), fields: { language: 'en' } }),
      );
      const after = await transcribe(service.url, { file: ENGLISH });
      const ended = await jsonOf<Job>(await fetch(`${service.url}/jobs/${bomb.job_id}`));

      expect(after.status).toBe('completed');
      expect(ended).toMatchObject({ status: 'failed', error: { code: 'corrupt_media' } });
      // The engine, with the model in it, is still the first one.
      expect(service.log()).not.toContain('The engine process was ended');
    },
    LIMIT_MS,
  );
});

import { request } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, JobList } from '@whisper-transcriber/client-sdk';
import {
  fixturePath,
  getTranscript,
  jsonOf,
  problemOf,
  transcribe,
  upload,
  wordsOf,
} from '../support/api-client.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const WORDS = 'had then leisure to consider how much there might be prudently in his power to do for them';
const SENTENCE = 'rather selfish';

/** The recording over and over, as one WAV. Both have a header of 44 bytes. */
async function repeated(file: string, times: number): Promise<Blob> {
  const wav = await readFile(fixturePath(file));
  const header = Buffer.from(wav.subarray(0, 44));
  const samples = wav.subarray(44);
  header.writeUInt32LE(36 + samples.length * times, 4);
  header.writeUInt32LE(samples.length * times, 40);
  return new Blob([header, ...Array.from({ length: times }, () => samples)]);
}

describe('a recording', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await startService({ env: NO_RATE_LIMITS });
  }, 90_000);

  afterAll(async () => {
    await service.stop();
  });

  it('becomes its words, with true times', async () => {
    const job = await transcribe(service.url, { file: SPEECH });
    const transcript = await getTranscript(service.url, job.job_id);

    expect(job).toMatchObject({
      status: 'completed',
      model: 'base',
      progress: { percent: 100 },
      error: null,
    });
    expect(wordsOf(job.transcript ?? '').join(' ')).toContain(WORDS);
    expect(transcript).toMatchObject({
      job_id: job.job_id,
      model: 'base',
      language: 'en',
      duration: 7.1,
      text: job.transcript,
    });
    expect(transcript.segments.map(({ text }) => text).join(' ')).toBe(transcript.text);
    for (const { start, end } of transcript.segments) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(7.1);
    }
  });

  it('can be downloaded in each format under its own name', async () => {
    const job = await transcribe(service.url, { file: SPEECH, filename: 'Grüße an alle.wav' });
    for (const [format, type, pattern] of [
      ['txt', 'text/plain; charset=utf-8', /leisure to consider/],
      ['srt', 'application/x-subrip; charset=utf-8', /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/],
      ['vtt', 'text/vtt; charset=utf-8', /^WEBVTT\n\n00:00:0\d\.\d{3} --> /],
      ['json', 'application/json; charset=utf-8', /"segments": \[/],
    ] as const) {
      const response = await fetch(`${service.url}${job.links.download}?format=${format}`);
      expect(response.headers.get('content-type')).toBe(type);
      expect(response.headers.get('content-disposition')).toContain(
        `filename*=UTF-8''Gr%C3%BC%C3%9Fe%20an%20alle.${format}`,
      );
      expect(await response.text()).toMatch(pattern);
    }
  });

  // All the others are decoded by test/integration/media.spec.ts.
  it.each(['mp3', 'm4a', 'flac', 'webm'])('is understood as %s', async (ending) => {
    const job = await transcribe(service.url, { file: `formats/sentence.${ending}` });

    expect(wordsOf(job.transcript ?? '').join(' ')).toContain(SENTENCE);
  });

  it('is heard in the language that is spoken or named', async () => {
    const spanish = await transcribe(service.url, { file: 'clips/es/pangrama.wav' });
    expect((await getTranscript(service.url, spanish.job_id)).language).toBe('es');

    const named = await transcribe(service.url, {
      file: 'clips/es/pangrama.wav',
      fields: { language: 'Spanish' },
    });
    expect(named.language).toBe('es');
    expect(await getTranscript(service.url, named.job_id)).toMatchObject({
      language: 'es',
      language_probability: 1,
    });
  });

  it('without speech has an empty transcript', async () => {
    const job = await transcribe(service.url, { file: 'hard/silence_60s.flac' });

    expect(job).toMatchObject({ status: 'completed', transcript: '', duration_seconds: 60 });
    expect(await getTranscript(service.url, job.job_id)).toMatchObject({ language: null, segments: [] });
  });

  it.each([
    ['bad/truncated.mp3', 'unless to be rather cold hearted'],
    ['bad/truncated.wav', 'unless to be rather'],
    ['bad/header_4gb.wav', 'and mr john'],
  ])('that is cut off (%s) ends with what is there', async (file, words) => {
    const job = await transcribe(service.url, { file });

    expect(job.status).toBe('completed');
    expect(wordsOf(job.transcript ?? '').join(' ')).toMatch(new RegExp(`^${words}`));
  });

  it('that waits or is worked on has no transcript yet', async () => {
    const queued = await jsonOf<Job>(await upload(service.url, { file: 'clips/en/words_exact.flac' }));
    const early = await fetch(`${service.url}${queued.links.transcript}`);

    expect(early.status).toBe(409);
    expect(early.headers.get('retry-after')).toBe('2');
    expect((await problemOf(early)).code).toBe('transcript_not_ready');
    await fetch(`${service.url}${queued.links.self}`, { headers: { prefer: 'wait=60' } });
  });

  it('shows how far its transcription is', async () => {
    // Enough for several rounds of the workers.
    const times = 50;
    const end = times * 7.1;
    const form = new FormData();
    form.set('file', await repeated(SPEECH, times), 'long.wav');
    const queued = await jsonOf<Job>(await fetch(`${service.url}/upload`, { method: 'POST', body: form }));
    const seen: number[] = [];
    await waitFor(async () => {
      const job = await jsonOf<Job>(await fetch(`${service.url}${queued.links.self}`));
      seen.push(job.progress.processed_seconds);
      return job.status === 'completed';
    });

    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.filter((seconds) => seconds > 0 && seconds < end - 1)).not.toEqual([]);
    expect(seen.at(-1)).toBeCloseTo(end, 0);
  }, 120_000);

  it('keeps nobody waiting while it is transcribed: probes and requests are answered all the time', async () => {
    const form = new FormData();
    form.set('file', await repeated(SPEECH, 20), 'long.wav');
    const queued = await jsonOf<Job>(await fetch(`${service.url}/upload`, { method: 'POST', body: form }));
    const statuses = new Set<number>();
    let rounds = 0;
    let job = queued;
    while (job.status === 'queued' || job.status === 'processing') {
      for (const path of ['/health', '/livez', '/readyz', '/jobs'])
        statuses.add((await fetch(service.url + path)).status);
      job = await jsonOf<Job>(await fetch(`${service.url}${queued.links.self}`));
      if (job.status === 'processing') rounds += 1;
    }

    expect([job.status, ...statuses]).toEqual(['completed', 200]);
    // An engine that held up the process would leave time for a few, between its pieces of work.
    expect(rounds).toBeGreaterThan(10);
  }, 120_000);

  it('whose client hangs up in the middle of sending it leaves nothing behind', async () => {
    const staging = join(service.dataDir, 'blobs', 'staging');
    const countJobs = async (): Promise<number> =>
      (await jsonOf<JobList>(await fetch(`${service.url}/jobs`))).total;
    const before = await countJobs();
    const sent = request(`${service.url}/upload`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': 1_000_000 },
    });
    sent.on('error', () => undefined);
    sent.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n');
    sent.write((await readFile(fixturePath(SPEECH))).subarray(0, 150_000));
    await waitFor(async () => (await readdir(staging)).length === 1, { what: 'the upload to be under way' });
    sent.destroy();

    await waitFor(async () => (await readdir(staging)).length === 0, { what: 'the half file to be gone' });
    expect(await countJobs()).toBe(before);
  });
});

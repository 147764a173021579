import { openAsBlob } from 'node:fs';
import type { JobList } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../../support/api-client.js';
import { waitFor } from '../../support/wait-for.js';
import { submitFile } from '../service-jobs.js';

/** Milliseconds until the whole answer was there. */
export async function transcription(url: string, file: string, format: string): Promise<number> {
  const began = performance.now();
  const answer = await ask(url, file, { response_format: format });
  await answer.text();
  return performance.now() - began;
}

export async function uploadAndWait(url: string, file: string): Promise<number> {
  const began = performance.now();
  await submitFile(url, file);
  return performance.now() - began;
}

/** Milliseconds until the first text came; the rest is hung up on, and its job waited for to end. */
export async function firstDelta(url: string, file: string): Promise<number> {
  const client = new AbortController();
  const began = performance.now();
  const answer = await ask(url, file, { stream: 'true' }, client.signal);
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes('.delta')) break;
  }
  const ms = performance.now() - began;
  client.abort();
  await waitUntilIdle(url);
  return ms;
}

async function waitUntilIdle(url: string): Promise<void> {
  await waitFor(async () => {
    const { jobs } = await jsonOf<JobList>(await fetch(`${url}/jobs`));
    return jobs.every(({ completed_at: end }) => end !== null);
  });
}

async function ask(
  url: string,
  file: string,
  fields: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Response> {
  const form = new FormData();
  form.set('model', 'whisper-1');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', await openAsBlob(file), 'clip.wav');
  const answer = await fetch(`${url}/v1/audio/transcriptions`, {
    method: 'POST',
    body: form,
    ...(signal && { signal }),
  });
  if (!answer.ok) throw new Error(`No transcript: ${answer.status} ${await answer.text()}`);
  return answer;
}

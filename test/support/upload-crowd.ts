import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Media } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import { TusRequests } from './tus-requests.js';
import { wavHeader } from './wav-file.js';

const HEADER_BYTES = 44;
const PIECE_BYTES = 2 ** 16;
const MOST_REPEATS = 10;
const REPEAT_AFTER_MS = 1000;

interface CrowdFile {
  /** Makes its bytes other ones. */
  readonly number: number;
  readonly sizeBytes: number;
}

/** What became of a file of the crowd. */
export interface Arrival extends CrowdFile {
  /** Null where it was not accepted in the end. */
  readonly jobId: string | null;
  /** How often it was gone on with after a refusal or a broken connection, as tus clients do. */
  readonly repeats: number;
}

/** Sends files of different bytes by tus, all at the same moment, each in one PATCH. */
export function sendCrowd(baseUrl: string, files: number, sizeBytes: number): Promise<Arrival[]> {
  const send = (_: unknown, number: number): Promise<Arrival> => sendFile(baseUrl, { number, sizeBytes });
  return Promise.all(Array.from({ length: files }, send));
}

/** Whether the file is there as it was sent, by what the service says of it and by its content. */
export async function arrivedAsSent(baseUrl: string, { jobId, ...file }: Arrival): Promise<boolean> {
  if (jobId === null) return false;
  const job = await jsonOf<Job>(await fetch(`${baseUrl}/jobs/${jobId}`));
  const media = await jsonOf<Media>(await fetch(`${baseUrl}/media/${String(job.media_id)}/info`));
  const content = Buffer.from(await (await fetch(baseUrl + media.links.content)).arrayBuffer());
  const sent = createHash('sha256');
  for (const piece of noise(file, 0)) sent.update(piece);
  const sha256 = sent.digest('hex');
  return media.sha256 === sha256 && createHash('sha256').update(content).digest('hex') === sha256;
}

async function sendFile(baseUrl: string, file: CrowdFile): Promise<Arrival> {
  const tus = new TusRequests(`${baseUrl}/uploads/tus`);
  const url = await tus.begin(file.sizeBytes, { filename: `talk-${file.number}.wav` });
  for (let repeats = 0; ; repeats += 1) {
    const jobId = await goOn(tus, url, file).catch(() => null);
    if (jobId !== null || repeats === MOST_REPEATS) return { ...file, jobId, repeats };
    await pause(REPEAT_AFTER_MS);
  }
}

/** @returns the id of the job; null when something kept the rest from arriving */
async function goOn(tus: TusRequests, url: string, file: CrowdFile): Promise<string | null> {
  const { headers } = await tus.ask('HEAD', url);
  const offset = headers.get('upload-offset');
  if (offset === null) return null;
  return headers.get('x-job-id') ?? (await append(url, file, Number(offset)));
}

async function append(url: string, file: CrowdFile, offset: number): Promise<string | null> {
  const sending = request(url, {
    method: 'PATCH',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': offset,
      'content-type': 'application/offset+octet-stream',
      'content-length': file.sizeBytes - offset,
    },
  });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  // A refusal comes before the last byte was sent.
  const [answer] = await Promise.allSettled([answered, pipeline(noise(file, offset), sending)]);
  if (answer.status === 'rejected') return null;
  const [response] = answer.value;
  response.resume();
  const jobId = response.headers['x-job-id'];
  return typeof jobId === 'string' ? jobId : null;
}

/** A WAV of noise, from this byte on. */
function* noise({ number, sizeBytes }: CrowdFile, offset: number): Generator<Buffer> {
  let at = 0;
  for (const piece of allNoise(number, sizeBytes)) {
    if (at + piece.length > offset) yield piece.subarray(Math.max(0, offset - at));
    at += piece.length;
  }
}

function* allNoise(number: number, bytes: number): Generator<Buffer> {
  yield wavHeader({ sampleRate: 48_000, channels: 2, bytes: bytes - HEADER_BYTES });
  const key = createHash('sha256').update(String(number)).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  for (let left = bytes - HEADER_BYTES; left > 0; left -= PIECE_BYTES)
    yield cipher.update(zeros.subarray(0, Math.min(left, PIECE_BYTES)));
}

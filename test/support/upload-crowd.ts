import { createCipheriv, createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Job, Media } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import { TusRequests } from './tus-requests.js';
import { wavHeader } from './wav-file.js';

const HEADER_BYTES = 44;
const PIECE_BYTES = 2 ** 16;

/** A file of the crowd after its last byte. */
export interface Arrival {
  /** Of what was sent, hex. */
  readonly sha256: string;
  /** Null where the connection broke. */
  readonly status: number | null;
  /** Null where the file was not accepted. */
  readonly jobId: string | null;
}

/** Sends files of different bytes by tus, all at the same moment, each in one PATCH. */
export function sendCrowd(
  baseUrl: string,
  { files, fileBytes }: { readonly files: number; readonly fileBytes: number },
): Promise<Arrival[]> {
  return Promise.all(Array.from({ length: files }, (_, number) => send(baseUrl, number, fileBytes)));
}

/** Whether the file is there as it was sent, by what the service says of it and by its content. */
export async function arrivedAsSent(baseUrl: string, { sha256, jobId }: Arrival): Promise<boolean> {
  if (jobId === null) return false;
  const job = await jsonOf<Job>(await fetch(`${baseUrl}/jobs/${jobId}`));
  const media = await jsonOf<Media>(await fetch(`${baseUrl}/media/${String(job.media_id)}/info`));
  const content = await fetch(baseUrl + media.links.content);
  const received = createHash('sha256').update(Buffer.from(await content.arrayBuffer()));
  return media.sha256 === sha256 && received.digest('hex') === sha256;
}

async function send(baseUrl: string, number: number, fileBytes: number): Promise<Arrival> {
  const url = await new TusRequests(`${baseUrl}/uploads/tus`).begin(fileBytes, {
    filename: `talk-${number}.wav`,
  });
  const hash = createHash('sha256');
  const sending = request(url, {
    method: 'PATCH',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': 0,
      'content-type': 'application/offset+octet-stream',
      'content-length': fileBytes,
    },
  });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  // A refusal comes before the last byte was sent.
  const [answer] = await Promise.allSettled([
    answered,
    pipeline(hashedNoise(number, fileBytes, hash), sending),
  ]);
  const response = answer.status === 'fulfilled' ? answer.value[0] : null;
  const jobId = response?.headers['x-job-id'];
  return {
    sha256: hash.digest('hex'),
    status: response?.statusCode ?? null,
    jobId: typeof jobId === 'string' ? jobId : null,
  };
}

function* hashedNoise(number: number, bytes: number, hash: Hash): Generator<Buffer> {
  for (const piece of noise(number, bytes)) {
    hash.update(piece);
    yield piece;
  }
}

/** A WAV of noise, for each number another one. */
function* noise(number: number, bytes: number): Generator<Buffer> {
  yield wavHeader({ sampleRate: 48_000, channels: 2, bytes: bytes - HEADER_BYTES });
  const key = createHash('sha256').update(String(number)).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  for (let left = bytes - HEADER_BYTES; left > 0; left -= PIECE_BYTES)
    yield cipher.update(zeros.subarray(0, Math.min(left, PIECE_BYTES)));
}

import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors/app-error.js';
import type { DecoderProcess } from './decoder-process.js';
import { DecoderProcesses } from './decoder-processes.js';
import { PCM_SAMPLE_RATE } from './pcm-rate.js';
import { type PcmRequest, isEnd } from './pcm.protocol.js';
import { toError } from './refusal.js';

const CHILD = fileURLToPath(new URL('./pcm.child.js', import.meta.url));
const SAMPLE_BYTES = 4;

/**
 * Decoding is hundreds of times faster than the sound lasts. The next piece of it is waited for at most this long, the start of the
 * process and a bad moment of the machine included; what was waited comes back only with sound that lasts as long.
 */
const PATIENCE_MS = 60_000;

export interface IsolatedPcmOptions extends Omit<PcmRequest, 'path'> {
  readonly signal: AbortSignal;
  readonly patienceMs?: number;
}

/** Decodes files, each in a process of its own with limits of memory, time and length. */
export class IsolatedPcm {
  private readonly processes = new DecoderProcesses(CHILD);

  /**
   * One audio track of a file as 16 kHz mono samples from -1 to 1, in blocks of about a second. It is decoded no further ahead than a
   * pipe holds.
   *
   * @throws AppError empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, track_unknown, empty_audio,
   * audio_too_long, service_unavailable, internal_error
   * @throws the reason of `signal`
   */
  async *open(
    path: string,
    { signal, patienceMs = PATIENCE_MS, track, maxDurationSeconds }: IsolatedPcmOptions,
  ): AsyncGenerator<Float32Array> {
    signal.throwIfAborted();
    const request: PcmRequest = { path, track, maxDurationSeconds };
    const decoder = this.processes.start(request);
    const abandon = (): void => {
      decoder.end(signal.reason);
    };
    signal.addEventListener('abort', abandon, { once: true });
    try {
      yield* toBlocks(patiently(decoder, patienceMs));
      const answer = await decoder.answer();
      if (!isEnd(answer)) throw toError(answer);
    } finally {
      signal.removeEventListener('abort', abandon);
      decoder.end(new Error('Nobody listens any more'));
      this.processes.prepareNext();
    }
  }
}

/** Only the time in which somebody waits for the decoder counts, not the time in which it waits for somebody. */
async function* patiently(decoder: DecoderProcess, patienceMs: number): AsyncGenerator<Buffer> {
  const chunks = decoder.output.iterator() as AsyncIterator<Buffer>;
  let leftMs = patienceMs;
  for (;;) {
    const begun = performance.now();
    const timer = setTimeout(() => {
      decoder.end(tooSlow());
    }, leftMs);
    const next = await chunks.next().finally(() => {
      clearTimeout(timer);
    });
    if (next.done === true) return;
    leftMs = Math.min(patienceMs, leftMs + secondsOf(next.value) * 1000 - (performance.now() - begun));
    yield next.value;
  }
}

function secondsOf(chunk: Buffer): number {
  return chunk.length / SAMPLE_BYTES / PCM_SAMPLE_RATE;
}

function tooSlow(): AppError {
  return new AppError('corrupt_media', 'Decoding takes longer than the sound itself lasts.');
}

/** A pipe cuts where it likes, also within a sample. */
async function* toBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Float32Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const samples = Math.floor(bytes.length / SAMPLE_BYTES);
    const block = new Float32Array(samples);
    new Uint8Array(block.buffer).set(bytes.subarray(0, samples * SAMPLE_BYTES));
    rest = bytes.subarray(samples * SAMPLE_BYTES);
    if (samples > 0) yield block;
  }
}

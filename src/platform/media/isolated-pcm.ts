import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors/app-error.js';
import type { DecoderProcess } from './decoder-process.js';
import { DecoderProcesses } from './decoder-processes.js';
import { InterleavedReader } from './interleaved-pcm.js';
import { lengthOf, type PcmBlock } from './pcm-block.js';
import { PCM_SAMPLE_RATE } from './pcm-rate.js';
import { type PcmRequest, isEnd } from './pcm.protocol.js';
import { toError } from './refusal.js';

const CHILD = fileURLToPath(new URL('./pcm.child.js', import.meta.url));

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
   * One audio track of a file as 16 kHz samples from -1 to 1, in blocks of about a second: a plane for each channel that is asked for, of
   * which there are as many in every block. It is decoded no further ahead than a pipe holds.
   *
   * @throws AppError empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, track_unknown, empty_audio,
   * audio_too_long, service_unavailable, internal_error; for separate channels too_many_channels
   * @throws the reason of `signal`
   */
  async *open(
    path: string,
    { signal, patienceMs = PATIENCE_MS, ...order }: IsolatedPcmOptions,
  ): AsyncGenerator<PcmBlock> {
    signal.throwIfAborted();
    const request: PcmRequest = { path, ...order };
    const decoder = this.processes.start(request);
    const abandon = (): void => {
      decoder.end(signal.reason);
    };
    signal.addEventListener('abort', abandon, { once: true });
    try {
      yield* patiently(decoder, patienceMs);
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
async function* patiently(decoder: DecoderProcess, patienceMs: number): AsyncGenerator<PcmBlock> {
  const reader = new InterleavedReader();
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
    const block = reader.read(next.value);
    const seconds = lengthOf(block) / PCM_SAMPLE_RATE;
    leftMs = Math.min(patienceMs, leftMs + seconds * 1000 - (performance.now() - begun));
    if (seconds > 0) yield block;
  }
}

function tooSlow(): AppError {
  return new AppError('corrupt_media', 'Decoding takes longer than the sound itself lasts.');
}

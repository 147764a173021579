import { setImmediate } from 'node:timers/promises';
import { AppError } from '../errors/app-error.js';
import { AudioDecoder } from './audio-decoder.js';
import { MediaInput } from './media-input.js';
import { PcmConversion } from './pcm-conversion.js';
import { PCM_SAMPLE_RATE } from './pcm-rate.js';

/** Decoder steps without a block after which the event loop gets a turn anyway. */
const STEPS_BETWEEN_TURNS = 4000;

const EMPTY = new Float32Array(0);

export interface OpenPcmOptions {
  readonly signal?: AbortSignal;
  readonly maxDurationSeconds?: number | null;
  /** Index among the audio tracks; null or absent: the default one. */
  readonly track?: number | null;
}

/**
 * Decodes one audio track of the file to 16 kHz mono samples in blocks of about a second, from -1 to 1 (loud sources may
 * go beyond). Memory is bounded by the block, not by the file. Damaged pieces are skipped. The decoder is native code and
 * its calls block: only a child process may use this; the event loop gets a turn after every block.
 *
 * Throws AppError: empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, track_unknown, empty_audio,
 * audio_too_long.
 */
export function openPcm(path: string, options: OpenPcmOptions = {}): AsyncIterable<Float32Array> {
  return readPcm(path, options);
}

async function* readPcm(path: string, options: OpenPcmOptions): AsyncGenerator<Float32Array> {
  options.signal?.throwIfAborted();
  const input = MediaInput.open(path, options.track ?? null);
  try {
    const decoder = AudioDecoder.open(input);
    try {
      yield* limited(decode(input, decoder), options);
    } finally {
      decoder.close();
    }
  } finally {
    input.close();
  }
}

async function* limited(
  blocks: AsyncIterable<Float32Array>,
  options: OpenPcmOptions,
): AsyncGenerator<Float32Array> {
  const { signal, maxDurationSeconds } = options;
  let samples = 0;
  for await (const block of blocks) {
    signal?.throwIfAborted();
    samples += block.length;
    if (maxDurationSeconds != null && samples > maxDurationSeconds * PCM_SAMPLE_RATE) {
      throw audioTooLong(maxDurationSeconds);
    }
    if (block.length > 0) yield block;
  }
}

export function audioTooLong(maxDurationSeconds: number): AppError {
  const limit =
    maxDurationSeconds >= 120
      ? `${Math.floor(maxDurationSeconds / 60)} minutes`
      : `${maxDurationSeconds} seconds`;
  return new AppError('audio_too_long', `The recording is longer than the ${limit} that are allowed.`);
}

/** Yields an empty block now and then, so that the caller can look at its signal in a file that gives nothing. */
async function* decode(input: MediaInput, decoder: AudioDecoder): AsyncGenerator<Float32Array> {
  const conversion = new PcmConversion(input.startSeconds);
  let samples = 0;
  let steps = 0;
  try {
    for (let step = decoder.next(); step !== 'end'; step = decoder.next()) {
      steps += 1;
      if (step !== 'nothing_yet') {
        for (const block of conversion.write(step.frame, decoder.frameStartSeconds)) {
          samples += block.length;
          yield block;
          await setImmediate();
        }
      }
      if (steps % STEPS_BETWEEN_TURNS === 0) {
        await setImmediate();
        yield EMPTY;
      }
    }
    const last = conversion.flush();
    samples += last.length;
    yield last;
  } finally {
    conversion.close();
  }
  if (samples === 0)
    throw input.nothingDecoded(decoder.damagedPackets + input.readErrors + conversion.refused > 0);
}

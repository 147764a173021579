import { setImmediate } from 'node:timers/promises';
import { AppError } from '../errors/app-error.js';
import { AudioDecoder } from './audio-decoder.js';
import { ChannelMix } from './channel-mix.js';
import { ChannelSplit } from './channel-split.js';
import { MediaInput } from './media-input.js';
import { lengthOf, type PcmBlock } from './pcm-block.js';
import { PcmConversion } from './pcm-conversion.js';
import { PCM_SAMPLE_RATE } from './pcm-rate.js';
import type { ChannelChoice } from './pcm.protocol.js';

/** Decoder steps without a block after which the event loop gets a turn anyway. */
const STEPS_BETWEEN_TURNS = 4000;

const EMPTY: PcmBlock = [];

export interface OpenPcmOptions {
  readonly signal?: AbortSignal;
  readonly maxDurationSeconds?: number | null;
  /** Index among the audio tracks; null or absent: the default one. */
  readonly track?: number | null;
}

export interface OpenChannelsOptions extends OpenPcmOptions {
  readonly channels: ChannelChoice;
}

/** As `openChannels`, mixed to one channel. */
export async function* openPcm(path: string, options: OpenPcmOptions = {}): AsyncGenerator<Float32Array> {
  for await (const block of openChannels(path, { ...options, channels: 'mixed' })) yield* block;
}

/**
 * Decodes one audio track of the file to 16 kHz samples in blocks of about a second, from -1 to 1 (loud sources may
 * go beyond); every block has as many channels. Memory is bounded by the block, not by the file. Damaged pieces are
 * skipped. The decoder is native code and its calls block: only a child process may use this; the event loop gets a turn
 * after every block.
 *
 * @throws AppError empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, track_unknown, empty_audio,
 * audio_too_long; for separate channels too_many_channels
 */
export async function* openChannels(path: string, options: OpenChannelsOptions): AsyncGenerator<PcmBlock> {
  options.signal?.throwIfAborted();
  const input = MediaInput.open(path, options.track ?? null);
  try {
    const decoder = AudioDecoder.open(input);
    try {
      const plan = options.channels === 'separate' ? new ChannelSplit() : new ChannelMix();
      const conversion = new PcmConversion(input.startSeconds, plan);
      yield* limited(decode(input, decoder, conversion), options);
    } finally {
      decoder.close();
    }
  } finally {
    input.close();
  }
}

async function* limited(blocks: AsyncIterable<PcmBlock>, options: OpenPcmOptions): AsyncGenerator<PcmBlock> {
  const { signal, maxDurationSeconds } = options;
  let samples = 0;
  for await (const block of blocks) {
    signal?.throwIfAborted();
    samples += lengthOf(block);
    if (maxDurationSeconds != null && samples > maxDurationSeconds * PCM_SAMPLE_RATE) {
      throw audioTooLong(maxDurationSeconds);
    }
    if (lengthOf(block) > 0) yield block;
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
async function* decode(
  input: MediaInput,
  decoder: AudioDecoder,
  conversion: PcmConversion,
): AsyncGenerator<PcmBlock> {
  let samples = 0;
  let steps = 0;
  try {
    for (let step = decoder.next(); step !== 'end'; step = decoder.next()) {
      steps += 1;
      if (step !== 'nothing_yet') {
        for (const block of conversion.write(step.frame, decoder.frameStartSeconds)) {
          samples += lengthOf(block);
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
    samples += lengthOf(last);
    yield last;
  } finally {
    conversion.close();
  }
  if (samples === 0)
    throw input.nothingDecoded(decoder.damagedPackets + input.readErrors + conversion.refused > 0);
}

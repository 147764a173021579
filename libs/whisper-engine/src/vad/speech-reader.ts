import { PcmBuffer } from '../audio/pcm-buffer.js';
import { EngineError, throwIfAborted } from '../errors.js';
import type { AudioBlock, AudioSource } from '../options.js';
import { VAD_HOP } from './silero-vad.js';
import type { StageClock } from '../stage-clock.js';
import type { SpanFinder } from './span-finder.js';
import type { Span } from './speech-spans.js';

/** About 16 s: what is looked at at once. Fixed, so that nothing depends on the sizes of the caller's blocks. */
const BLOCK = 512 * VAD_HOP;

/** A stretch of one channel that is to be decoded. */
export interface Speech {
  span: Span;
  samples: Float32Array;
}

/** What a block of one channel brought. */
export interface SpeechEvent {
  channel: number;
  channels: number;
  speech: Speech[];
  /** Speech that comes later in this channel does not reach back before this sample. */
  settled: number;
  /** Samples read so far. */
  read: number;
  /** Nothing follows in this channel. */
  ended: boolean;
}

/**
 * Reads a stream of 16 kHz samples, of one channel or several, and hands out the speech in it. Holds no more than the block at hand and
 * speech whose end is not certain.
 * @throws EngineError `audio_invalid` where the number of channels or their lengths differ
 */
export async function* readSpeech(
  audio: AudioSource,
  openFinder: () => SpanFinder,
  signal?: AbortSignal,
  clock: StageClock | null = null,
): AsyncGenerator<SpeechEvent> {
  const look = (reader: ChannelReader): Promise<SpeechEvent> =>
    clock === null ? reader.look() : clock.measure('vad', () => reader.look());
  let readers: ChannelReader[] | null = null;
  for await (const block of clock === null ? audio : measured(audio, clock)) {
    throwIfAborted(signal);
    const channels = channelsOf(block);
    readers ??= channels.map((_, channel) => new ChannelReader(channel, channels.length, openFinder()));
    const [first] = channels;
    if (first === undefined || channels.length !== readers.length) throw unequal();
    for (let at = 0; at < first.length;) {
      const room = readers[0]?.room ?? 0;
      for (const [channel, reader] of readers.entries()) {
        const samples = channels[channel];
        if (samples?.length !== first.length) throw unequal();
        reader.append(samples.subarray(at, at + room));
        if (reader.room === 0) yield await look(reader);
      }
      at += room;
      throwIfAborted(signal);
    }
  }
  for (const reader of readers ?? []) {
    yield await look(reader);
    yield reader.end();
  }
}

/** Measures how long the audio is waited for. */
async function* measured(audio: AudioSource, clock: StageClock): AsyncGenerator<AudioBlock> {
  async function* blocks(): AsyncGenerator<AudioBlock> {
    yield* audio;
  }
  const waiting = blocks();
  try {
    for (;;) {
      const next = await clock.measure('audio', () => waiting.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await waiting.return(undefined);
  }
}

function channelsOf(block: AudioBlock): readonly Float32Array[] {
  if (block instanceof Float32Array) return [block];
  const channels: unknown = block;
  if (Array.isArray(channels) && channels.every((channel) => channel instanceof Float32Array))
    return channels;
  throw new EngineError('audio_invalid', 'audio comes in blocks of Float32Array, or of one for each channel');
}

const unequal = (): EngineError =>
  new EngineError('audio_invalid', 'all blocks must have the same channels, of equal length');

class ChannelReader {
  private readonly pcm = new PcmBuffer();
  private looked = 0;

  constructor(
    private readonly channel: number,
    private readonly channels: number,
    private readonly finder: SpanFinder,
  ) {}

  /** Samples that are missing to a whole block. */
  get room(): number {
    return this.looked + BLOCK - this.pcm.end;
  }

  append(samples: Float32Array): void {
    this.pcm.append(samples);
  }

  async look(): Promise<SpeechEvent> {
    this.pcm.silence(this.looked);
    const block = this.pcm.read(this.looked, this.pcm.end);
    this.looked = this.pcm.end;
    const event = this.event(await this.finder.find(block), this.finder.settled, false);
    this.pcm.dropBefore(this.finder.settled);
    return event;
  }

  end(): SpeechEvent {
    return this.event(this.finder.finish(), this.pcm.end, true);
  }

  private event(spans: readonly Span[], settled: number, ended: boolean): SpeechEvent {
    const speech = spans.map((span) => {
      // The last probability may stand for samples that the audio does not have.
      const end = Math.min(span.end, this.pcm.end);
      return { span: { ...span, end }, samples: this.pcm.read(span.start, end) };
    });
    const { channel, channels } = this;
    return { channel, channels, speech, settled, read: this.pcm.end, ended };
  }
}

import { WINDOW_SAMPLES } from './audio/window-size.js';
import { SAMPLE_RATE } from './audio/sample-rate.js';
import type { SpeechEvent } from './vad/speech-reader.js';
import { WindowPacker, type SpeechWindow } from './vad/window-packer.js';

/** The first batches are small, so that the first text is there soon. */
const FIRST_BATCHES = [1, 2];
/** Windows that vote on the language. */
export const VOTERS = 3;
/** Speech waits no longer than this much audio for its batch to fill: 5 minutes. */
const LONGEST_WAIT = 300 * SAMPLE_RATE;
/** Stretches of speech that lie further apart never share a window: text need not wait for what comes after a long silence. */
const MAX_GAP = 30 * SAMPLE_RATE;

export interface ChannelWindow extends SpeechWindow {
  channel: number;
}

/** Windows that are decoded side by side; none where only the position has moved. */
export interface WindowBatch {
  windows: ChannelWindow[];
  /** Of the audio. */
  channels: number;
  /** All speech in front of this sample is in this batch or an earlier one. */
  position: number;
  /** Samples read so far. */
  read: number;
}

export interface BatchSizes {
  largest: number;
  /** The first batch is to tell the language. */
  detect: boolean;
}

/** Packs speech into windows and these into batches. What comes together depends on the audio and the options alone, never on time. */
export async function* windowBatches(
  events: AsyncIterable<SpeechEvent>,
  sizes: BatchSizes,
): AsyncGenerator<WindowBatch> {
  const channels: { packer: WindowPacker; settled: number }[] = [];
  let waiting: ChannelWindow[] = [];
  let batches = 0;
  const position = (): number => Math.min(...channels.map(({ packer, settled }) => packer.start ?? settled));
  const take = (read: number): WindowBatch => {
    const windows = waiting;
    waiting = [];
    batches++;
    return { windows, channels: channels.length, position: position(), read };
  };
  const sizeOf = (batch: number): number =>
    batch === 0 && sizes.detect ? VOTERS : Math.min(FIRST_BATCHES[batch] ?? sizes.largest, sizes.largest);

  for await (const { channel, channels: count, speech, settled, read, ended } of events) {
    while (channels.length < count)
      channels.push({ packer: new WindowPacker(WINDOW_SAMPLES, MAX_GAP), settled: 0 });
    const own = channels[channel];
    if (own === undefined) continue;
    const push = (window: SpeechWindow | null): boolean => {
      if (window !== null) waiting.push({ ...window, channel });
      return waiting.length >= sizeOf(batches);
    };
    for (const { span, samples } of speech) {
      if (push(own.packer.add(span, samples))) yield take(read);
    }
    own.settled = settled;
    if (push(ended ? own.packer.flush() : own.packer.settle(settled))) yield take(read);
    const [first] = waiting;
    const overdue = settled - (first?.pieces[0]?.inFile ?? settled) > LONGEST_WAIT;
    const last = ended && channel === count - 1;
    if (waiting.length > 0 && (overdue || last)) yield take(read);
    else if (waiting.length === 0) yield { windows: [], channels: count, position: position(), read };
  }
}

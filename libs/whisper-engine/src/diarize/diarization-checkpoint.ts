import { Buffer } from 'node:buffer';
import { EngineError } from '../errors.js';
import { EMBEDDING_SIZE } from './diarization.js';
import { LOCAL_SPEAKERS, WINDOW_FRAMES } from './frames.js';
import type { HeardVoice, HeardWindow } from './heard-window.js';

/**
 * What was heard so far, as plain JSON: to be stored, and handed to a run over the same audio with the same models. It holds embeddings of
 * voices, which are personal data: it is to be deleted with the job.
 */
export interface DiarizationCheckpoint {
  version: 1;
  /** Samples of the audio, at 16 kHz, that are done. */
  position: number;
  /** What is kept of each window: bytes in base64, about 500 characters for each voice in 3.4 s of speech. */
  windows: string[];
}

/** Who is heard as runs (bits, frames as two bytes), an end mark, then each voice: speaker, frames as two bytes, embedding. */
export function packWindow({ active, voices }: HeardWindow): string {
  const bytes: number[] = [];
  for (let frame = 0; frame < active.length;) {
    const start = frame;
    while (active[frame] === active[start] && frame < active.length) frame++;
    bytes.push(active[start] ?? 0, ...twoBytes(frame - start));
  }
  bytes.push(END_OF_RUNS);
  for (const { speaker, frames, embedding } of voices) {
    bytes.push(speaker, ...twoBytes(frames), ...new Uint8Array(embedding.buffer, embedding.byteOffset, EMBEDDING_SIZE));
  }
  return Buffer.from(bytes).toString('base64');
}

const END_OF_RUNS = 0xff;
const RUN_BYTES = 3;
const VOICE_BYTES = 3 + EMBEDDING_SIZE;
const twoBytes = (value: number): [number, number] => [value & 0xff, value >> 8];

/** @throws EngineError `checkpoint_invalid` for what no run has given */
export function readDiarizationCheckpoint(checkpoint: DiarizationCheckpoint): DiarizationCheckpoint {
  const { version, position, windows } = { ...checkpoint };
  const valid =
    (version as number) === 1 && Number.isSafeInteger(position) && position >= 0 && Array.isArray(windows);
  if (!valid) throw invalid();
  for (const window of windows) unpackWindow(window);
  return checkpoint;
}

/** @throws EngineError `checkpoint_invalid` */
export function unpackWindow(text: unknown): HeardWindow {
  if (typeof text !== 'string') throw invalid();
  const bytes = Buffer.from(text, 'base64');
  const active = new Uint8Array(WINDOW_FRAMES);
  let frame = 0;
  let at = 0;
  for (; bytes[at] !== END_OF_RUNS; at += RUN_BYTES) {
    if (at + RUN_BYTES > bytes.length) throw invalid();
    const length = bytes.readUInt16LE(at + 1);
    active.fill(bytes[at] ?? 0, frame, frame + length);
    frame += length;
  }
  const rest = bytes.subarray(at + 1);
  if (frame !== WINDOW_FRAMES || rest.length % VOICE_BYTES !== 0) throw invalid();
  const voices: HeardVoice[] = [];
  for (let from = 0; from < rest.length; from += VOICE_BYTES) {
    const speaker = rest[from] ?? 0;
    if (speaker >= LOCAL_SPEAKERS) throw invalid();
    const embedding = Int8Array.from(rest.subarray(from + 3, from + VOICE_BYTES));
    voices.push({ speaker, frames: rest.readUInt16LE(from + 1), embedding });
  }
  return { active, voices };
}

const invalid = (): EngineError => new EngineError('checkpoint_invalid', 'the checkpoint is not of a diarization');

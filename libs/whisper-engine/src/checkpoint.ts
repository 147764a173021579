import { EngineError } from './errors.js';
import type { LanguageProbability, Segment } from './transcript.js';

/** Where a run stands, as plain JSON: to be stored, and handed to a run over the same audio with the same model and options. */
export interface Checkpoint {
  version: 1;
  mode: 'batched' | 'sequential';
  /** Windows of the largest batches: they decide which windows the finished batches had. */
  batchSize: number;
  /** Batches whose segments have been handed out (windows in a sequential run). */
  batches: number;
  /** Samples of the audio, at 16 kHz, that are finished. */
  position: number;
  /** What was detected, most probable first, or empty. */
  languages: LanguageProbability[];
  /** Whether there has been any text. */
  heard: boolean;
  /** Whether windows whose greedy text is unsure are searched again. */
  searchesAgain: boolean;
  /** Segments of several channels that wait for their turn in time. */
  held: Segment[];
  /** Sequential runs: sample of the speech to go on from, and tokens of the text so far that the next window sees. */
  speech?: { from: number; context: number[] };
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** @throws EngineError `checkpoint_invalid` for what no run of this mode has given */
export function readCheckpoint(checkpoint: Checkpoint, mode: Checkpoint['mode']): Checkpoint {
  const { version, batchSize, batches, position, languages, heard, searchesAgain, held, speech } = {
    ...checkpoint,
  };
  const valid =
    (version as number) === 1 &&
    checkpoint.mode === mode &&
    isCount(batchSize) &&
    batchSize > 0 &&
    isCount(batches) &&
    isCount(position) &&
    Array.isArray(languages) &&
    typeof heard === 'boolean' &&
    typeof searchesAgain === 'boolean' &&
    Array.isArray(held) &&
    (mode === 'batched' || (isCount(speech?.from) && Array.isArray(speech?.context)));
  if (!valid) throw new EngineError('checkpoint_invalid', `the checkpoint is not of a ${mode} run`);
  return checkpoint;
}

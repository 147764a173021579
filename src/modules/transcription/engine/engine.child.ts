import { EngineError, memoryLimit, WhisperEngine, type Segment } from '@whisper-transcriber/engine';
import { AppError } from '../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import type { DecodingOptions } from '../../jobs/decoding-options.view.js';
import { IsolatedPcm } from '../../../platform/media/isolated-pcm.js';
import { SystemClock } from '../../../platform/runtime/clock.js';
import { toEngineOptions } from './engine-options.js';
import type { EngineMessage, EngineRequest } from './engine.protocol.js';
import { toStageSpans } from './stage-spans.js';
import { yieldToOthers } from './yield-to-others.js';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';

/**
 * The process that holds the engine: native code that blocks while it computes and that may crash, which here hurts nobody. The decoder
 * runs in a process below it, one for each recording. It lives as long as its parent.
 */
const BEAT_INTERVAL_MS = 5000;
/** Half a second. */
const TRIAL_SAMPLES = 8000;

const LOSSES: ReadonlySet<EngineError['code']> = new Set(['worker_lost', 'memory_exhausted']);

type TranscribeRequest = Extract<EngineRequest, { type: 'transcribe' }>;

const sound = new IsolatedPcm();
const clock = new SystemClock();
let engine: WhisperEngine | undefined;
let running: AbortController | undefined;

yieldToOthers();

function send(message: EngineMessage): void {
  process.send?.(message);
}

async function handle(request: EngineRequest): Promise<void> {
  switch (request.type) {
    case 'load': {
      const { modelDir, vadPath, threads, memoryBytes, engines, frugal } = request;
      const memory = { memoryLimit: Math.floor((memoryBytes ?? memoryLimit()) / engines) };
      const least = frugal ? { workers: 1, batchSize: 1 } : {};
      engine = await WhisperEngine.load({ modelDir, vadPath, threads, ...memory, ...least });
      send({ type: 'loaded' });
      return;
    }
    case 'transcribe':
      await transcribe(request);
      return;
    case 'try':
      await tryOut();
      return;
    case 'cancel':
      running?.abort();
      return;
  }
}

/** Goes the whole way that a recording goes, from samples to text, whatever is heard in them. */
async function tryOut(): Promise<void> {
  if (engine === undefined) throw new Error('No model is loaded');
  const tone = Float32Array.from({ length: TRIAL_SAMPLES }, (_, n) => 0.1 * Math.sin(n / 6));
  const run = engine.transcribe([tone], { vad: false, language: 'en', temperatures: [0] });
  while ((await run.next()).done !== true);
  send({ type: 'tried' });
}

async function transcribe(request: TranscribeRequest): Promise<void> {
  if (engine === undefined) throw new Error('No model is loaded');
  const { path, track, language, decoding, maxAudioSeconds, resume } = request;
  running = new AbortController();
  const { signal } = running;
  const { channels } = decoding;
  const pcm = sound.open(path, { track, channels, signal, maxDurationSeconds: maxAudioSeconds });
  const chunks = engine.transcribe(pcm, {
    signal,
    ...toEngineOptions(decoding),
    words: decoding.words || canSplit(engine, decoding),
    ...(language === null ? {} : { language }),
    ...(resume === null ? {} : { resume }),
    stages: request.stages,
  });
  try {
    let step = await chunks.next();
    while (step.done !== true) {
      const { segments, position, language: heard, checkpoint: engineState, stages: taken } = step.value;
      const text = segments.map(toTranscriptSegment);
      const stages = toStageSpans(taken ?? [], clock.now());
      send({ type: 'chunk', segments: text, position, language: heard, engineState, stages });
      step = await chunks.next();
    }
    const stages = toStageSpans(step.value.stages ?? [], clock.now());
    send({ type: 'finished', ...step.value, stages });
  } catch (error) {
    if (!signal.aborted || isLoss(error)) throw error;
    // Only now: whoever asked ends this process when the computation does not stop in time. It throws when a worker is lost.
    await engine.idle();
    send({ type: 'cancelled' });
  } finally {
    running = undefined;
  }
}

/** Segments are split between words where the speaker changes; times of words of a translation are not worth it. */
function canSplit({ wordTimes }: WhisperEngine, { diarize, task }: DecodingOptions): boolean {
  return diarize !== null && wordTimes && task === 'transcribe';
}

/** All but the language, which the transcript has. */
function toTranscriptSegment(segment: Segment): TranscriptSegment {
  const { start, end, text, avgLogprob, compressionRatio, noSpeechProb, temperature } = segment;
  const { words, channel, tokens } = segment;
  return {
    start,
    end,
    text,
    avgLogprob,
    compressionRatio,
    noSpeechProb,
    temperature,
    ...(words === undefined ? {} : { words }),
    ...(channel === undefined ? {} : { channel }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

function isLoss(error: unknown): error is EngineError {
  return error instanceof EngineError && LOSSES.has(error.code);
}

/** An engine that has lost a part of itself, or has no memory left, is replaced as a whole: no recording is to blame. */
function endWith(error: EngineError): never {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(1);
}

function describeFailure(error: unknown): EngineMessage {
  const diagnostics = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [code, detail] = classify(error);
  return { type: 'failed', code, detail, diagnostics };
}

function classify(error: unknown): [ErrorCode, string] {
  if (error instanceof AppError) return [error.code, error.detail];
  if (error instanceof EngineError && error.code === 'language_unsupported') {
    return ['language_unknown', 'The model does not know the language that was asked for.'];
  }
  if (error instanceof EngineError && error.code === 'task_unsupported') {
    return ['task_unsupported', 'The model cannot translate.'];
  }
  // What is wrong with options whatever the model was refused before the job was made.
  if (error instanceof EngineError && error.code === 'option_invalid') {
    return ['option_unsupported', `It cannot be done with this model: ${error.message}.`];
  }
  if (error instanceof EngineError && error.code === 'memory_insufficient') {
    return ['model_too_large', `This machine cannot run it: ${error.message}.`];
  }
  return ['transcription_failed', 'The engine could not transcribe this recording.'];
}

process.on('message', (request: EngineRequest) => {
  handle(request).catch((error: unknown) => {
    if (isLoss(error)) endWith(error);
    send(describeFailure(error));
  });
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the parent decides what becomes of this one.
process.on('SIGINT', () => undefined);
setInterval(() => {
  send({ type: 'beat' });
}, BEAT_INTERVAL_MS);

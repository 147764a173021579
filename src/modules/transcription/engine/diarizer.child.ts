/**
 * Entry of the process that tells speakers apart in one recording: one request in, steps and one answer out. Native code that may crash,
 * which here hurts nobody; the decoder runs in a process below it.
 */
import { EngineError, SpeakerDiarizer } from '@whisper-transcriber/engine';
import { AppError } from '../../../platform/errors/app-error.js';
import { IsolatedPcm } from '../../../platform/media/isolated-pcm.js';
import { PCM_SAMPLE_RATE } from '../../../platform/media/pcm-rate.js';
import type { ListeningInput, RecordingPart } from './diarizer.port.js';
import type { DiarizerMessage, DiarizerRequest, VoiceRequest } from './diarizer.protocol.js';
import { yieldToOthers } from './yield-to-others.js';

/** A voice is known after less. */
const MOST_VOICE_SECONDS = 600;
/** The state grows with the recording, so it does not come with each step. */
const STATE_PAUSE_MS = 5000;

const sound = new IsolatedPcm();

yieldToOthers();

function send(message: DiarizerMessage): void {
  process.send?.(message);
}

async function handle(request: DiarizerRequest): Promise<void> {
  const diarizer = await SpeakerDiarizer.load(request);
  if (request.type === 'listen') await listen(diarizer, request);
  else await hearVoice(diarizer, request);
}

async function hearVoice(diarizer: SpeakerDiarizer, { path, part }: VoiceRequest): Promise<void> {
  // Of a minute at most: more is not asked for.
  const heard: Float32Array[] = [];
  async function* sounds(): AsyncGenerator<Float32Array> {
    const blocks = pcmOf(voiceInput(path, part));
    for await (const block of part === null ? blocks : cut(blocks, part)) {
      heard.push(block);
      yield block;
    }
  }
  const embedding = await diarizer.embed(sounds());
  const seconds = heard.reduce((sum, { length }) => sum + length, 0) / PCM_SAMPLE_RATE;
  const othersSeconds = part === null && embedding !== null ? await secondsOfOthers(diarizer, heard) : 0;
  send({ type: 'voice', embedding, seconds, othersSeconds });
}

async function secondsOfOthers(diarizer: SpeakerDiarizer, sound: readonly Float32Array[]): Promise<number> {
  const run = diarizer.diarize(sound);
  let step = await run.next();
  while (step.done !== true) step = await run.next();
  const seconds = step.value.speakers.map((speaker) => speaker.seconds);
  return seconds.reduce((sum, one) => sum + one, 0) - Math.max(0, ...seconds);
}

async function listen(diarizer: SpeakerDiarizer, input: ListeningInput): Promise<void> {
  const { exactly, least, most } = input.hints;
  const run = diarizer.diarize(pcmOf(input), {
    ...(exactly !== null && { numSpeakers: exactly }),
    ...(least !== null && { minSpeakers: least }),
    ...(most !== null && { maxSpeakers: most }),
    ...(input.resume !== null && { resume: input.resume }),
  });
  let toldAt = performance.now();
  for (;;) {
    const { done, value } = await run.next();
    if (done === true) {
      send({ type: 'heard', speakers: value });
      return;
    }
    const { position, checkpoint } = value;
    const isDue = performance.now() - toldAt >= STATE_PAUSE_MS;
    if (isDue) toldAt = performance.now();
    send({ type: 'step', position, state: isDue ? checkpoint : null });
  }
}

function voiceInput(path: string, part: RecordingPart | null): ListeningInput {
  const hints = { exactly: null, least: null, most: null };
  const { track = null, channel = null } = part ?? {};
  // What there is a part of was accepted before.
  const maxAudioSeconds = part === null ? MOST_VOICE_SECONDS : Number.MAX_SAFE_INTEGER;
  return { path, track, channel, hints, maxAudioSeconds, resume: null };
}

/** What of the sound lies in the spans, one after the other. */
async function* cut(
  sound: AsyncIterable<Float32Array>,
  { spans }: RecordingPart,
): AsyncGenerator<Float32Array> {
  const end = Math.max(...spans.map((span) => span.end)) * PCM_SAMPLE_RATE;
  let position = 0;
  for await (const block of sound) {
    for (const span of spans) {
      const from = Math.max(0, Math.round(span.start * PCM_SAMPLE_RATE) - position);
      const to = Math.min(block.length, Math.round(span.end * PCM_SAMPLE_RATE) - position);
      if (from < to) yield block.subarray(from, to);
    }
    position += block.length;
    if (position >= end) return;
  }
}

async function* pcmOf({
  path,
  track,
  channel,
  maxAudioSeconds,
}: ListeningInput): AsyncGenerator<Float32Array> {
  const channels = channel === null ? 'mixed' : 'separate';
  const { signal } = new AbortController();
  for await (const planes of sound.open(path, {
    track,
    channels,
    signal,
    maxDurationSeconds: maxAudioSeconds,
  })) {
    const plane = planes[channel ?? 0];
    if (plane === undefined) throw new Error('The recording has no such channel');
    yield plane;
  }
}

function describeFailure(error: unknown): DiarizerMessage {
  const diagnostics = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof AppError)
    return { type: 'failed', code: error.code, detail: error.detail, diagnostics };
  const detail = 'The speakers could not be told apart.';
  return { type: 'failed', code: 'transcription_failed', detail, diagnostics };
}

process.on('message', (request: DiarizerRequest) => {
  handle(request).catch((error: unknown) => {
    // One that has lost a part of itself is replaced as a whole.
    if (error instanceof EngineError && (error.code === 'worker_lost' || error.code === 'memory_exhausted'))
      process.exit(1);
    send(describeFailure(error));
  });
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the parent decides what becomes of this one.
process.on('SIGINT', () => undefined);

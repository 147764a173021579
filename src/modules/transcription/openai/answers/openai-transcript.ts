import { writtenLanguage } from '../../../jobs/decoding-options.view.js';
import type { JobSegment, JobToken } from '../../../jobs/job-text.view.js';
import type { JobView } from '../../../jobs/job.view.js';
import { whisperLanguageName } from '../../engine/language-names.js';
import { languageName } from '../../models/languages.js';
import { separatorIn } from '../../transcripts/join-segments.js';
import type { TranscriptView } from '../../transcripts/transcript.view.js';
import type {
  OpenAiDiarizedDto,
  OpenAiDiarizedSegmentDto,
  OpenAiLanguageDto,
  OpenAiLogprobDto,
  OpenAiTokenUsageDto,
  OpenAiTranscriptionDto,
  OpenAiVerboseDto,
  OpenAiVerboseSegmentDto,
} from '../dto/openai-transcription.response.dto.js';
import type { OpenAiOptions } from '../openai-options.js';
import { SpeakerNames } from './speaker-names.js';
import { TextTokens } from './text-tokens.js';

const ENCODER_FRAMES_PER_SECOND = 50;
/** In which Whisper counts where a window begins. */
const SEEK_FRAMES_PER_SECOND = 100;

export interface FinishedTranscript {
  readonly job: JobView;
  readonly transcript: TranscriptView;
}

/** The JSON that this form asks for. */
export function toJsonAnswer(finished: FinishedTranscript, options: OpenAiOptions): object {
  switch (options.format) {
    case 'verbose_json':
      return toVerbose(finished, options);
    case 'diarized_json':
      return toDiarized(finished, options);
    default:
      return toPlain(finished, options);
  }
}

function toPlain(
  { job, transcript }: FinishedTranscript,
  { logprobs }: OpenAiOptions,
): OpenAiTranscriptionDto {
  const { text, duration } = transcript;
  return {
    text,
    ...(job.decoding.task === 'translate' ? {} : { languages: toLanguages(transcript) }),
    ...(logprobs ? { logprobs: toLogprobs(job, transcript) } : {}),
    usage: toUsage(duration),
  };
}

export function toLanguages({ language }: TranscriptView): OpenAiLanguageDto[] {
  return language === null ? [] : [{ code: language }];
}

function toLogprobs({ decoding }: JobView, { segments, language }: TranscriptView): OpenAiLogprobDto[] {
  const tokens = new TextTokens();
  const separator = separatorIn(writtenLanguage(decoding, language));
  return segments.flatMap((segment) => tokens.next(segment, separator)).map(toLogprob);
}

export function toLogprob({ logprob, bytes }: JobToken): OpenAiLogprobDto {
  return { token: Buffer.from(bytes).toString('utf8'), logprob, bytes: [...bytes] };
}

function toVerbose(
  { job, transcript }: FinishedTranscript,
  { granularities }: OpenAiOptions,
): OpenAiVerboseDto {
  const { text, duration, segments, language } = transcript;
  const written = writtenLanguage(job.decoding, language);
  const separator = separatorIn(written);
  const wants = (granularity: 'word' | 'segment'): boolean => granularities.includes(granularity);
  return {
    task: job.decoding.task,
    language: nameOf(written),
    duration,
    text,
    ...(wants('word') ? { words: segments.flatMap(toWords) } : {}),
    ...(wants('segment') || granularities.length === 0
      ? { segments: segments.map((segment, id) => toVerboseSegment(segment, id, separator)) }
      : {}),
    usage: toUsage(duration),
  };
}

/** As Whisper calls it; a recording in which nobody speaks has none. */
function nameOf(language: string | null): string {
  if (language === null) return 'unknown';
  return whisperLanguageName(language) ?? languageName(language).toLowerCase();
}

function toWords({ words = [] }: JobSegment): { word: string; start: number; end: number }[] {
  return words.map(({ text, start, end }) => ({ word: text, start, end }));
}

function toVerboseSegment(segment: JobSegment, id: number, separator: string): OpenAiVerboseSegmentDto {
  return {
    id,
    seek: Math.round(segment.start * SEEK_FRAMES_PER_SECOND),
    start: segment.start,
    end: segment.end,
    text: `${separator}${segment.text}`,
    tokens: segment.tokens?.map((token) => token.id) ?? [],
    temperature: segment.temperature,
    avg_logprob: segment.avgLogprob,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProb,
  };
}

function toDiarized(finished: FinishedTranscript, options: OpenAiOptions): OpenAiDiarizedDto {
  const { text, duration } = finished.transcript;
  return {
    task: 'transcribe',
    duration,
    text,
    segments: toDiarizedSegments(finished, options),
    ...toDiarizationNotes(finished),
    usage: toUsage(duration),
  };
}

/** What is not as it was asked for: nothing nearly always. */
export function toDiarizationNotes({
  transcript: { diarization },
}: FinishedTranscript): Pick<OpenAiDiarizedDto, 'diarization_error' | 'diarization_warning'> {
  if (diarization === null) return {};
  if (diarization.state === 'failed') return { diarization_error: diarization.error };
  return diarization.warning === undefined ? {} : { diarization_warning: diarization.warning };
}

export function toDiarizedSegments(
  { transcript }: FinishedTranscript,
  { knownSpeakers }: OpenAiOptions,
): OpenAiDiarizedSegmentDto[] {
  const names = new SpeakerNames(knownSpeakers.names, transcript.speakers);
  return transcript.segments.map((segment, index) => toDiarizedSegment(segment, index, names));
}

export function toDiarizedSegment(
  segment: JobSegment,
  index: number,
  names: SpeakerNames,
): OpenAiDiarizedSegmentDto {
  const { start, end, text } = segment;
  const id = `seg_${String(index + 1).padStart(3, '0')}`;
  return { type: 'transcript.text.segment', id, start, end, text, speaker: names.nameOf(segment) };
}

function toUsage(duration: number): { type: 'duration'; seconds: number } {
  return { type: 'duration', seconds: Math.ceil(duration) };
}

/** Of a stream, for which there is only the usage of tokens: of sound, each frame of the encoder is one. */
export function toTokenUsage(duration: number, outputTokens: number): OpenAiTokenUsageDto {
  const audioTokens = Math.ceil(duration * ENCODER_FRAMES_PER_SECOND);
  return {
    type: 'tokens',
    input_tokens: audioTokens,
    output_tokens: outputTokens,
    total_tokens: audioTokens + outputTokens,
    input_token_details: { text_tokens: 0, audio_tokens: audioTokens },
  };
}

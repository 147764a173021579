import type { Transcript } from './transcript.entity.js';
import type { TranscriptView } from './transcript.view.js';

/** A row as other rooms see it. */
export function toTranscriptView({
  jobId,
  model,
  language,
  languageProbability,
  durationSeconds: duration,
  text,
  segments,
  speakers,
  diarization,
  version,
  revision,
}: Transcript): TranscriptView {
  return {
    jobId,
    model,
    language,
    languageProbability,
    duration,
    text,
    segments,
    speakers,
    diarization,
    version,
    revision,
  };
}

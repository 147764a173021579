import type { Response } from 'express';
import { toTranscriptResponse, type TranscriptDto } from '../dto/transcript.response.dto.js';
import type { TranscriptView } from '../transcript.view.js';
import { tagOf } from './revision-tag.js';

/** The body of an answer whose ETag says which state of the transcript it is. */
export function answerWithTag(transcript: TranscriptView, response: Response): TranscriptDto {
  response.setHeader('etag', tagOf(transcript));
  return toTranscriptResponse(transcript);
}

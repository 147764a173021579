import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiParam,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { ERROR_CODES } from '../../../../platform/errors/error-codes.js';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { TranscriptDto } from '../dto/transcript.response.dto.js';
import { TranscriptConflictDto } from './dto/transcript-version.response.dto.js';

const ETAG = {
  ETag: { description: 'Names this state of the transcript', schema: { type: 'string' as const } },
};

/** Documents the number of a version in the path. */
export function ApiVersion(): MethodDecorator {
  return ApiParam({ name: 'version', schema: { type: 'integer', minimum: 1 } });
}

/** Documents the answer of a route that tells which state of a transcript it gives. */
export function ApiTaggedTranscript(): MethodDecorator {
  return ApiOkResponse({ type: TranscriptDto, headers: ETAG });
}

/** Documents what is common to changes of a transcript. */
export function ApiTranscriptChange(): MethodDecorator {
  return applyDecorators(
    ApiTaggedTranscript(),
    ApiExtraModels(TranscriptConflictDto),
    // Not as required: its lack is an answer of its own (428).
    ApiHeader({
      name: 'If-Match',
      required: false,
      description:
        'The `ETag` of the transcript that this is a change of; needed. `*`: of whatever it is by now',
      schema: { type: 'string' },
    }),
    ApiProblems('transcript_version_unnamed'),
    ApiResponse({
      status: 412,
      description: `\`transcript_changed\`: ${ERROR_CODES.transcript_changed.title}`,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(TranscriptConflictDto) } } },
    }),
  );
}

import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse, ApiSchema } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../errors/error-codes.js';
import { AppError } from '../errors/app-error.js';
import { statusOf } from '../http/problem.js';

class FieldProblem {
  @ApiProperty({ description: 'Name of the field' })
  field!: string;

  @ApiProperty({ description: 'What is wrong with it' })
  message!: string;
}

/** RFC 9457 body of every error. */
@ApiSchema({ name: 'Problem' })
export class ProblemDto {
  @ApiProperty({
    description: 'Identifies the kind of problem',
    example: 'urn:whisper-transcriber:error:job_not_found',
  })
  type!: string;

  @ApiProperty({ description: 'The kind of problem in words', example: 'There is no such job' })
  title!: string;

  @ApiProperty({ description: 'HTTP status', example: 404 })
  status!: number;

  @ApiProperty({ description: 'This occurrence in words', example: 'There is no job with this id.' })
  detail!: string;

  @ApiProperty({
    description: 'Stable code to branch on',
    enum: Object.keys(ERROR_CODES),
    example: 'job_not_found',
  })
  code!: ErrorCode;

  @ApiPropertyOptional({ description: 'Names the log entries of this request' })
  request_id?: string;

  @ApiPropertyOptional({ type: [FieldProblem], description: 'Each invalid field' })
  errors?: FieldProblem[];
}

const PROBLEM_CODES = 'openapi:problem-codes';

/** What every route with a JSON body may answer. */
export const BODY_PROBLEMS = [
  'validation_failed',
  'malformed_json',
  'malformed_request',
  'request_timeout',
  'body_too_large',
] as const satisfies readonly ErrorCode[];

/** Documents the error codes that a route can answer with, one response per status. What several decorators of a route say adds up. */
export function ApiProblems(...codes: readonly ErrorCode[]): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as object;
    const earlier = (Reflect.getMetadata(PROBLEM_CODES, method) as ErrorCode[] | undefined) ?? [];
    // Descriptions of one status are joined, so that each code is to be told of once.
    const added = [...new Set(codes)].filter((code) => !earlier.includes(code));
    Reflect.defineMetadata(PROBLEM_CODES, [...earlier, ...added], method);
    problemResponses(added)(target, key, descriptor);
  };
}

function problemResponses(codes: readonly ErrorCode[]): MethodDecorator {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = statusOf(new AppError(code, ''));
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus].map(([status, group]) =>
    ApiResponse({
      status,
      description: group.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}`).join('; '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }),
  );
  return applyDecorators(...responses);
}

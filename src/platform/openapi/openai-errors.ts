import { ApiProperty, ApiSchema, type OpenAPIObject } from '@nestjs/swagger';
import { AppError } from '../errors/app-error.js';
import { isErrorCode } from '../errors/error-codes.js';
import { toOpenAiError } from '../http/openai-error.js';

class OpenAiErrorDetails {
  @ApiProperty({ description: 'This occurrence in words' })
  message!: string;

  @ApiProperty({ example: 'invalid_request_error' })
  type!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Name of the field that is to blame' })
  param!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'model_not_found' })
  code!: string | null;
}

/** Body of every error under /v1. */
@ApiSchema({ name: 'OpenAiError' })
export class OpenAiErrorDto {
  @ApiProperty()
  error!: OpenAiErrorDetails;
}

const CONTENT = { 'application/json': { schema: { $ref: '#/components/schemas/OpenAiError' } } };

type Responses = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'];

/** Tells of the errors under /v1 as they are there, with the statuses and in the words of the OpenAI API. */
export function describeOpenAiErrors(document: OpenAPIObject): OpenAPIObject {
  for (const [path, { get, post }] of Object.entries(document.paths)) {
    if (!path.startsWith('/v1/')) continue;
    for (const operation of [get, post]) {
      if (operation !== undefined) operation.responses = translate(operation.responses);
    }
  }
  return document;
}

function translate(responses: Responses): Responses {
  const translated: Responses = {};
  for (const [status, response] of Object.entries(responses)) {
    if (response === undefined || '$ref' in response || Number(status) < 400) translated[status] = response;
    else
      for (const part of response.description.split('; '))
        addTo(translated, statusUnderV1(part) ?? status, part);
  }
  return translated;
}

function addTo(responses: Responses, status: string, part: string): void {
  const known = responses[status];
  const before = known !== undefined && 'description' in known ? `${known.description}; ` : '';
  responses[status] = { description: before + part, content: CONTENT };
}

/** Of the code that the description of a problem begins with. */
function statusUnderV1(description: string): string | null {
  const code = /^`(\w+)`/.exec(description)?.[1] ?? '';
  return isErrorCode(code) ? String(toOpenAiError(new AppError(code, ''), true).status) : null;
}

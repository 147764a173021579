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

const HEADERS = {
  'openai-version': 'Of the API of OpenAI whose words these answers have',
  'openai-processing-ms': 'How long the answer took to begin',
  'x-ratelimit-limit-requests': 'How many requests the limit of the user lets through',
  'x-ratelimit-remaining-requests': 'How many of them are left',
  'x-ratelimit-reset-requests': 'When there are all of them again: `42s`',
  'x-should-retry': '`false` where a repeat would be of no use, which clients of OpenAI then spare',
} as const;

const COMPONENTS = Object.fromEntries(
  Object.entries(HEADERS).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' as const } },
  ]),
);

/** Tells of the errors under /v1 as they are there, with the statuses and in the words of the OpenAI API. */
export function describeOpenAiErrors(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    headers: { ...document.components?.headers, ...COMPONENTS },
  };
  for (const [path, { get, post }] of Object.entries(document.paths)) {
    if (!path.startsWith('/v1/')) continue;
    for (const operation of [get, post]) {
      if (operation !== undefined) operation.responses = withHeaders(translate(operation.responses));
    }
  }
  return document;
}

function translate(responses: Responses): Responses {
  const translated: Responses = {};
  for (const [status, response] of Object.entries(responses)) {
    if (response === undefined || '$ref' in response || Number(status) < 400) translated[status] = response;
    else
      for (const part of response.description.split('; ')) {
        const under = underV1(part);
        addTo(translated, under?.status ?? status, under?.description ?? part);
      }
  }
  return translated;
}

function withHeaders(responses: Responses): Responses {
  for (const [status, response] of Object.entries(responses)) {
    if (response === undefined || '$ref' in response) continue;
    const names = Object.keys(HEADERS).filter((name) => name !== 'x-should-retry' || Number(status) >= 400);
    for (const name of names) {
      response.headers = { ...response.headers, [name]: { $ref: `#/components/headers/${name}` } };
    }
  }
  return responses;
}

function addTo(responses: Responses, status: string, part: string): void {
  const known = responses[status];
  const before = known !== undefined && 'description' in known ? known.description.split('; ') : [];
  responses[status] = { description: [...new Set([...before, part])].join('; '), content: CONTENT };
}

/** A problem whose description begins with its code, by the code that it has there. */
function underV1(description: string): { readonly status: string; readonly description: string } | null {
  const [, own = '', rest = ''] = /^`(\w+)`(.*)$/.exec(description) ?? [];
  if (!isErrorCode(own)) return null;
  const { status, body } = toOpenAiError(new AppError(own, ''), true);
  const code = body.error.code === null ? 'no code' : `\`${body.error.code}\``;
  return { status: String(status), description: code + rest };
}

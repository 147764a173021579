import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

const HEADERS = {
  'X-Request-Id': {
    description: 'Names the request in the log; what was sent under this name, if it is fit for one',
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'Seconds after which to try again, where that is known',
    schema: { type: 'string' },
  },
} as const;

const WITH_RETRY_AFTER = ['429', '503'];

/** Documents the fields that any answer has, and those of answers that ask to come back. */
export function describeCommonHeaders(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, headers: { ...document.components?.headers, ...HEADERS } };
  for (const { responses } of operationsOf(document)) {
    for (const [status, response] of Object.entries(responses)) {
      if (response === undefined || !('description' in response)) continue;
      response.headers = {
        ...response.headers,
        'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
        ...(WITH_RETRY_AFTER.includes(status) && {
          'Retry-After': { $ref: '#/components/headers/Retry-After' },
        }),
      };
    }
  }
  return document;
}

/** Says of routes that want no credentials that they want none, which is not the same as saying nothing. */
export function describeOpenRoutes(document: OpenAPIObject): OpenAPIObject {
  for (const operation of operationsOf(document)) operation.security ??= [];
  return document;
}

import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

const HEADERS = {
  'RateLimit-Policy': {
    description: 'The limits that hold: `"user";q=1200;w=60` is 1,200 requests in 60 seconds',
    schema: { type: 'string' },
  },
  RateLimit: {
    description: 'What is left of them: `"user";r=1180;t=42` is 1,180 requests in the next 42 seconds',
    schema: { type: 'string' },
  },
} as const;

const REFERENCES = Object.fromEntries(
  Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);

/** Documents the fields that every answer of a limited route has. */
export function describeRateLimits(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, headers: { ...document.components?.headers, ...HEADERS } };
  for (const { responses } of operationsOf(document)) {
    if (responses[429] === undefined) continue;
    for (const response of Object.values(responses)) {
      if (response !== undefined && 'description' in response)
        response.headers = { ...response.headers, ...REFERENCES };
    }
  }
  return document;
}

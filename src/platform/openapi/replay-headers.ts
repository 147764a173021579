import type { OpenAPIObject } from '@nestjs/swagger';

const NAME = 'Idempotency-Replayed';
const HEADER = {
  description: '`true`: this is the answer to the first request with this `Idempotency-Key`',
  schema: { type: 'string' },
} as const;

/** Documents how an answer that was given before is told from the first one. */
export function describeReplays(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    headers: { ...document.components?.headers, [NAME]: HEADER },
  };
  for (const { post } of Object.values(document.paths)) {
    const takesKeys = post?.parameters?.some(
      (parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key',
    );
    if (post === undefined || takesKeys !== true) continue;
    for (const [status, response] of Object.entries(post.responses)) {
      if (status.startsWith('2') && response !== undefined && 'description' in response)
        response.headers = { ...response.headers, [NAME]: { $ref: `#/components/headers/${NAME}` } };
    }
  }
  return document;
}

import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';

export const IDEMPOTENT_ROUTE = 'auth:idempotent-route';

/**
 * - `json`: the body is JSON or none.
 * - `atomic`: likewise, and all that the handler does is writing to the database. It runs in one transaction with the keeping of its answer,
 *   which may hold a secret: only the session or API key that asked gets it again.
 * - `streamed`: the handler reads the body itself and passes it to `IdempotencyService.recognise` before it creates something, and what it
 *   reads later to `complete`.
 */
export type IdempotentRoute = 'json' | 'atomic' | 'streamed';

/**
 * Lets clients repeat a request under an `Idempotency-Key` without doing it twice. What a handler creates outside of `atomic` is bound to
 * the key by `IdempotencyService.noteCreated`, unless doing it again is the same.
 */
export function Idempotent(route: IdempotentRoute = 'json'): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT_ROUTE, route),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Repeats with the same key get the first answer for 24 hours, with `Idempotency-Replayed: true`. A key is yours alone; errors are not kept.',
      schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
    }),
    ApiProblems('idempotency_key_invalid', 'idempotency_key_reused', 'idempotency_in_progress'),
  );
}

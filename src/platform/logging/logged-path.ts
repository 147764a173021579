import type { IncomingMessage } from 'node:http';
import { isUuid } from '../runtime/id-generator.js';

interface Routed {
  readonly route?: { readonly path?: unknown };
  readonly params?: Readonly<Record<string, unknown>>;
}

/**
 * The pattern of the route that a request met, with the ids in it; undefined when it met none. What else stands in a path may be anything:
 * a key that was to be revoked, the name of a recording.
 */
export function loggedPathOf(request: IncomingMessage & Routed): string | undefined {
  const pattern = request.route?.path;
  if (typeof pattern !== 'string') return undefined;
  return pattern.replace(/:(\w+)/g, (placeholder, name: string) => {
    const value = request.params?.[name];
    return typeof value === 'string' && isUuid(value) ? value : placeholder;
  });
}

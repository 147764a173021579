import type { Client } from './generated/client/index.js';
import type {
  ServerSentEventsOptions,
  ServerSentEventsResult,
} from './generated/core/serverSentEvents.gen.js';
import { wait } from './patience.js';

type OpenStream = Client['sse']['get'];
/** As it is without the types of the single routes. */
type OpenAnyStream = (options: ServerSentEventsOptions) => Promise<ServerSentEventsResult>;

/**
 * The generated reader keeps its connection when nobody reads on, and when a handler throws, which it takes for a lost connection. A browser has
 * six of them.
 *
 * @returns the same, which closes in both cases, and throws what the handler threw
 */
export function closing(generated: OpenStream, send: typeof fetch): OpenStream {
  const open = generated as OpenAnyStream;
  const opening: OpenAnyStream = async (options) => {
    const closed = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, closed.signal]) : closed.signal;
    let failure: { readonly error: unknown } | undefined;
    const { stream } = await open({
      ...options,
      signal,
      fetch: async (input, init) => cutBy(signal, await send(input, init)),
      onSseEvent: (event) => {
        try {
          options.onSseEvent?.(event);
        } catch (error) {
          failure = { error };
          closed.abort();
          throw error;
        }
      },
      sseSleepFn: (ms) => wait(ms, signal).catch(() => undefined),
    });
    return { stream: read() };

    async function* read(): ServerSentEventsResult['stream'] {
      try {
        yield* stream;
        if (failure !== undefined) throw failure.error;
      } finally {
        closed.abort();
      }
    }
  };
  return opening as OpenStream;
}

/** The signal of a request that was cloned, as for another attempt, does not reach its answer in Node. */
function cutBy(signal: AbortSignal, response: Response): Response {
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const body = response.body.pipeThrough(new TransformStream(), { signal });
  return new Response(body, { status, statusText, headers });
}

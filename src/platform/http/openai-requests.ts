import type { Request, RequestHandler, Response } from 'express';

/** The version of the OpenAI API whose words these answers have. */
const OPENAI_VERSION = '2020-10-01';

/** What clients ask who were given an address without `/v1`. `/models` without it is our own. */
const WITHOUT_VERSION = /^\/audio\/(?:transcriptions|translations)$/;

/**
 * The address that a request under /v1 means, whichever slashes are doubled or at its end; null for one of our own API. A redirect would cost
 * clients the body.
 */
export function openAiUrlOf(url: string): string | null {
  const [path = '', ...query] = url.split('?');
  const plain = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  const address = WITHOUT_VERSION.test(plain) ? `/v1${plain}` : plain;
  return /^\/v1(?:\/|$)/.test(address) ? [address, ...query].join('?') : null;
}

export function isOpenAiRequest({ originalUrl }: Pick<Request, 'originalUrl'>): boolean {
  return openAiUrlOf(originalUrl) !== null;
}

/** Leads requests of OpenAI's API to their routes, and gives all answers to them the headers that it has. */
export function speakOpenAi(): RequestHandler {
  return (request, response, next) => {
    const url = openAiUrlOf(request.url);
    if (url !== null) {
      request.url = url;
      addHeaders(response);
    }
    next();
  };
}

/** When they go out: how long it took, and what the limits leave, is known then. */
function addHeaders(response: Response): void {
  const began = performance.now();
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Response;
  response.writeHead = (...args: unknown[]) => {
    if (!response.headersSent) {
      response.setHeader('openai-version', OPENAI_VERSION);
      response.setHeader('openai-processing-ms', Math.round(performance.now() - began));
      for (const [name, value] of rateLimitHeaders(response)) response.setHeader(name, value);
    }
    return writeHead(...args);
  };
}

/** Of the last limit that was looked at, which is the user's. */
function rateLimitHeaders(response: Response): [string, string][] {
  const last = (name: string): string => [response.getHeader(name) ?? ''].flat().at(-1)?.toString() ?? '';
  const quota = /;q=(\d+)/.exec(last('ratelimit-policy'))?.[1];
  const [, remaining, seconds] = /;r=(\d+);t=(\d+)/.exec(last('ratelimit')) ?? [];
  if (quota === undefined || remaining === undefined) return [];
  return [
    ['x-ratelimit-limit-requests', quota],
    ['x-ratelimit-remaining-requests', remaining],
    ['x-ratelimit-reset-requests', `${seconds}s`],
  ];
}

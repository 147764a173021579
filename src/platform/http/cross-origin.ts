import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import { isOpenAiRequest } from './openai-requests.js';

const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'prefer',
  'range',
  'tus-resumable',
  'upload-checksum',
  'upload-concat',
  'upload-defer-length',
  'upload-length',
  'upload-metadata',
  'upload-offset',
  'x-api-key',
  'x-http-method-override',
  'x-request-id',
];

const RESPONSE_HEADERS = [
  'openai-model',
  'openai-processing-ms',
  'openai-version',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-should-retry',
  'accept-ranges',
  'content-disposition',
  'content-range',
  'etag',
  'idempotency-replayed',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'tus-checksum-algorithm',
  'tus-extension',
  'tus-max-size',
  'tus-resumable',
  'tus-version',
  'upload-concat',
  'upload-defer-length',
  'upload-expires',
  'upload-length',
  'upload-metadata',
  'upload-offset',
  'www-authenticate',
  'x-job-id',
  'x-request-id',
  'x-waiting-for',
];

/** The longest that Chromium keeps a permission. */
const PREFLIGHT_SECONDS = 7200;

/**
 * Lets pages of these origins read every answer, errors too. Without credentials mode: a browser that sends cookies all the same does not
 * show the answer to the page.
 */
export function allowOrigins(app: NestExpressApplication, origins: readonly string[]): void {
  const common = {
    // A list, however short: a single text would be told to every origin.
    origin: [...origins],
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  };
  app.enableCors((request: Request, callback) => {
    // Any other OPTIONS belongs to the route.
    const preflightContinue = !isPreflight(request);
    if (!isOpenAiRequest(request))
      callback(null, { ...common, allowedHeaders: REQUEST_HEADERS, preflightContinue });
    // The clients of OpenAI send fields about themselves whose names change: those that are asked for are allowed.
    else callback(null, { ...common, preflightContinue });
  });
}

function isPreflight({ headers }: Request): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

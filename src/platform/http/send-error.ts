import type { Request, Response } from 'express';
import type { AppError } from '../errors/app-error.js';
import { noteErrorOf } from '../logging/logged-error.js';
import { requestIdOf } from '../logging/request-id.js';
import { toOpenAiError } from './openai-error.js';
import { isOpenAiRequest } from './openai-requests.js';
import { statusOf, toProblem } from './problem.js';

/** Which kind of credentials would do; every 401 has to say so. */
const CHALLENGE = 'Bearer realm="whisper-transcriber"';

/** Answers with an error, in the words of the API that was asked. */
export function sendError(error: AppError, request: Request, response: Response): void {
  noteErrorOf(response, error.code);
  if (error.kind === 'unauthenticated') response.setHeader('www-authenticate', CHALLENGE);
  if (isOpenAiRequest(request)) {
    const { authorization, 'x-api-key': key } = request.headers;
    const { status, headers, body } = toOpenAiError(error, authorization !== undefined || key !== undefined);
    response.status(status).set(headers).type('application/json').send(JSON.stringify(body));
    return;
  }
  if (error.retryAfter !== undefined) response.setHeader('retry-after', error.retryAfter);
  response
    .status(statusOf(error))
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(error, requestIdOf(request) ?? undefined)));
}

import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { AppError } from '../errors/app-error.js';
import { requestIdOf } from '../logging/request-id.js';
import { statusOf, toAppError, toProblem } from './problem.js';

/** Which kind of credentials would do; every 401 has to say so. */
const CHALLENGE = 'Bearer realm="whisper-transcriber"';

/** Turns whatever a route throws into problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const request = host.switchToHttp().getRequest<Request>();
    if (isHealthReport(thrown)) {
      response.status(thrown.getStatus()).json(thrown.getResponse());
      return;
    }
    const error = toAppError(thrown);
    const status = statusOf(error);
    if (status >= 500) this.report(error);
    if (response.headersSent) {
      // Half an answer cannot be taken back; a cut connection at least tells that it is incomplete.
      response.destroy();
      return;
    }
    if (error.kind === 'unauthenticated') response.setHeader('www-authenticate', CHALLENGE);
    if (error.retryAfter !== undefined) response.setHeader('retry-after', error.retryAfter);
    response
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify(toProblem(error, requestIdOf(request) ?? undefined)));
  }

  private report(error: AppError): void {
    const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : undefined;
    this.logger.error(`Request ended with ${error.code}`, { detail: error.detail, cause });
  }
}

/** Terminus answers a failed check by an exception that carries the report. */
function isHealthReport(thrown: unknown): thrown is HttpException {
  if (!(thrown instanceof HttpException)) return false;
  const body = thrown.getResponse();
  return typeof body === 'object' && 'details' in body && 'status' in body;
}

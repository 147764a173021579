import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { AppError } from '../errors/app-error.js';
import { noteErrorOf } from '../logging/logged-error.js';
import { statusOf, toAppError } from './problem.js';
import { sendError } from './send-error.js';

/** Probes ask every few seconds; others that wait for the service may as well. */
const PROBE_AGAIN_SECONDS = '5';

/** Turns whatever a route throws into an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const request = host.switchToHttp().getRequest<Request>();
    if (isHealthReport(thrown)) {
      response.status(thrown.getStatus()).set('retry-after', PROBE_AGAIN_SECONDS).json(thrown.getResponse());
      return;
    }
    const error = toAppError(thrown);
    if (statusOf(error) >= 500) this.report(error);
    if (response.headersSent) {
      noteErrorOf(response, error.code);
      // Half an answer cannot be taken back; a cut connection at least tells that it is incomplete.
      response.destroy();
      return;
    }
    sendError(error, request, response);
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

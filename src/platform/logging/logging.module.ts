import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { IdGenerator } from '../runtime/id-generator.js';
import { loggedErrorOf } from './logged-error.js';
import { loggedPathOf } from './logged-path.js';
import { requestIdOf } from './request-id.js';

/** Paths that machines ask every few seconds; their entries would bury the others. */
const QUIET_PATHS = /^\/(health|livez|readyz|startupz|metrics)(\/|$)/;

export function loggingModule(logger: Logger, ids: IdGenerator): DynamicModule {
  return LoggerModule.forRoot({
    renameContext: 'caller',
    pinoHttp: {
      logger,
      genReqId: (request) => requestIdOf(request) ?? ids.next(),
      // Headers hold cookies and keys; what is logged of a request is named below.
      quietReqLogger: true,
      quietResLogger: true,
      customAttributeKeys: { reqId: 'request_id' },
      autoLogging: { ignore: (request) => QUIET_PATHS.test(request.url ?? '') },
      customLogLevel: (_request, response, error) => levelOf(response, error),
      customSuccessMessage: (_request, response) =>
        response.writableFinished ? 'Request completed' : 'Request broken off by the client',
      customErrorMessage: () => 'Request failed',
      customSuccessObject: describeRequest,
      customErrorObject: (request, response, _error, values) => describeRequest(request, response, values),
    },
  });
}

function levelOf(response: ServerResponse, error: Error | undefined): 'info' | 'warn' | 'error' {
  if (error !== undefined || response.statusCode >= 500) return 'error';
  return response.statusCode >= 400 || !response.writableFinished ? 'warn' : 'info';
}

function describeRequest(request: IncomingMessage, response: ServerResponse, values: unknown): object {
  const { responseTime } = values as { responseTime?: number };
  return {
    caller: 'access',
    method: request.method,
    path: loggedPathOf(request),
    ...(response.writableFinished ? { status_code: response.statusCode } : {}),
    error_code: loggedErrorOf(response),
    response_time_ms: responseTime,
  };
}

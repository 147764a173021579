import {
  IncomingMessage,
  ServerResponse,
  STATUS_CODES,
  type OutgoingHttpHeaders,
  type Server,
} from 'node:http';
import { Socket } from 'node:net';
import { AppError } from '../errors/app-error.js';
import type { ErrorCode } from '../errors/error-codes.js';
import { codeOf } from '../runtime/system-calls.js';
import { statusOf, toProblem } from './problem.js';
import { apiSecurityHeaders, type SecurityHeaderOptions } from './security-headers.js';

/** What Node's parser gives up on, by the codes of its errors; anything else is malformed. */
const PARSER_ERRORS: Readonly<Record<string, { code: ErrorCode; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { code: 'headers_too_large', detail: 'The header fields are longer than 16 KiB.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: 'body_too_large', detail: 'The chunk extensions are too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', detail: 'The request did not come in time.' },
};

/** Has the requests that never get as far as the application answered like the others: with a problem, and the security headers. */
export function answerBrokenRequests(server: Server, options: SecurityHeaderOptions): void {
  const headers = { ...securityHeadersOf(options), connection: 'close' };
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const error = new AppError('expectation_failed', 'The only expectation that is met is 100-continue.');
    response.writeHead(statusOf(error), { ...headers, ...bodyHeaders(error) }).end(bodyOf(error));
  });
  server.on('clientError', (thrown: Error, socket: Socket) => {
    if (!socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const { code, detail } = PARSER_ERRORS[codeOf(thrown)] ?? {
      code: 'malformed_request',
      detail: 'This is no HTTP request.',
    };
    const error = new AppError(code, detail);
    socket.end(render(error, { ...headers, ...bodyHeaders(error) }));
  });
}

/** Where the head of an answer has gone out, another one would be taken for its body. */
function isAnswering(socket: Socket & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

function render(error: AppError, headers: OutgoingHttpHeaders): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return `HTTP/1.1 ${statusOf(error)} ${STATUS_CODES[statusOf(error)] ?? ''}\r\n${lines.join('')}\r\n${bodyOf(error)}`;
}

function bodyOf(error: AppError): string {
  return JSON.stringify(toProblem(error, undefined));
}

function bodyHeaders(error: AppError): OutgoingHttpHeaders {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(bodyOf(error)),
  };
}

/** As they are on an answer of the application. */
function securityHeadersOf(options: SecurityHeaderOptions): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  apiSecurityHeaders(options)(request, response, () => undefined);
  return response.getHeaders();
}

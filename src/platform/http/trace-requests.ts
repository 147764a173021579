import { SpanStatusCode } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { requestIdOf } from '../logging/request-id.js';
import { openSpan } from '../tracing/spans.js';

/** Machines ask there every few seconds. */
const UNTRACED = /^\/(health|livez|readyz|startupz|metrics)(\/|$)/;

/** One span for each request, named by the pattern of its route: what stands in a path may be anything. It goes on the trace of the client. */
export function traceRequests(): RequestHandler {
  return (request, response, next) => {
    if (UNTRACED.test(request.path)) {
      next();
      return;
    }
    const attributes = {
      'http.request.method': request.method,
      'whisper.request.id': requestIdOf(request) ?? '',
    };
    const { span, run } = openSpan(request.method, { kind: 'server', attributes }, request.headers);
    response.once('close', () => {
      const route = (request as { readonly route?: { readonly path?: unknown } }).route?.path;
      if (typeof route === 'string')
        span.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    run(next);
  };
}

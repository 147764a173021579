import helmet from 'helmet';
import type { RequestHandler } from 'express';

const STRICT = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  mediaSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** The documentation page brings style elements of its own, so it gets a policy of its own; scripts stay closed there too. */
const DOCS = { ...STRICT, styleSrc: ["'self'", "'unsafe-inline'"] };

export interface SecurityHeaderOptions {
  readonly strictTransport: boolean;
}

/** Security headers for every answer, also for errors and probes. */
export function securityHeaders(options: SecurityHeaderOptions): RequestHandler {
  const strict = apiSecurityHeaders(options);
  const docs = withPolicy(DOCS, options);
  return (request, response, next) => {
    const policy = request.path === '/docs' || request.path.startsWith('/docs/') ? docs : strict;
    policy(request, response, next);
  };
}

/** Those of all answers but the documentation page's. */
export function apiSecurityHeaders(options: SecurityHeaderOptions): ReturnType<typeof helmet> {
  return withPolicy(STRICT, options);
}

function withPolicy(
  directives: typeof STRICT,
  { strictTransport }: SecurityHeaderOptions,
): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: strictTransport,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

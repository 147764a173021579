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

/** Security headers for every answer, also for errors and probes. */
export function securityHeaders(options: { strictTransport: boolean }): RequestHandler {
  const build = (directives: typeof STRICT): ReturnType<typeof helmet> =>
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      strictTransportSecurity: options.strictTransport,
      referrerPolicy: { policy: 'no-referrer' },
      xFrameOptions: { action: 'deny' },
    });
  const strict = build(STRICT);
  const docs = build(DOCS);
  return (request, response, next) => {
    const policy = request.path === '/docs' || request.path.startsWith('/docs/') ? docs : strict;
    policy(request, response, next);
  };
}

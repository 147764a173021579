import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AppConfig } from '../config/app-config.js';
import { nameRequests } from '../logging/request-id.js';
import { IdGenerator } from '../runtime/id-generator.js';
import { Shutdown } from '../runtime/shutdown.js';
import { allowOrigins } from './cross-origin.js';
import { refuseOversizedBeforeContinue } from './expect-continue.js';
import { limitBodyTime } from './late-bodies.js';
import { speakOpenAi } from './openai-requests.js';
import { refuseForeignHosts } from './own-host.js';
import { closeWhenLeaving } from './leaving-connections.js';
import { answerBrokenRequests } from './raw-answers.js';
import { securityHeaders } from './security-headers.js';
import { traceRequests } from './trace-requests.js';
import { closeSilentClients } from './silent-clients.js';

/** A client that neither sends nor takes anything for this long is gone. A whole upload, or its answer, may take far longer. */
const IDLE_TIMEOUT_MS = 120_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than proxies keep a connection by default, so that none sends a request into one that is being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const SMALL_BODY_TIMEOUT_MS = 30_000;
/** Where a form may have more than one file. */
const MANY_FILES = /^\/jobs\/batch\/?$/i;

/** Everything about HTTP that is the same for all routes. */
export function configureHttp(app: NestExpressApplication, config: AppConfig): void {
  app.disable('x-powered-by');
  app.set('trust proxy', config.http.trustProxy ?? false);
  const securityOptions = { strictTransport: config.production };
  app.use(nameRequests(app.get(IdGenerator)));
  if (config.tracing !== null) app.use(traceRequests());
  app.use(closeSilentClients());
  app.use(closeWhenLeaving(app.get(Shutdown)));
  app.use(securityHeaders(securityOptions));
  app.use(speakOpenAi());
  app.use(limitBodyTime(SMALL_BODY_TIMEOUT_MS));
  if (config.auth.anonymousLocal) app.use(refuseForeignHosts(config.http.publicUrl));
  if (config.http.corsOrigins.length > 0) allowOrigins(app, config.http.corsOrigins);
  const server: Server = app.getHttpServer();
  server.requestTimeout = 0;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.timeout = IDLE_TIMEOUT_MS;
  answerBrokenRequests(server, securityOptions);
  const { uploads, batches } = config;
  refuseOversizedBeforeContinue(server, (path) =>
    MANY_FILES.test(path) ? uploads.maxBytes * batches.maxItems : uploads.maxBytes,
  );
}

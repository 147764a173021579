import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';

const WEB_DIST = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** Serves the built web app. Names of assets hold a hash of their content, so only the page itself is asked for again. */
export function serveWeb(app: NestExpressApplication): void {
  app.useStaticAssets(`${WEB_DIST}assets`, {
    prefix: '/assets',
    immutable: true,
    maxAge: '1y',
    index: false,
    redirect: false,
  });
  app.useStaticAssets(WEB_DIST, {
    redirect: false,
    setHeaders: (response: ServerResponse) => {
      response.setHeader('cache-control', 'no-cache');
    },
  });
}

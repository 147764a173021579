import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';

const WEB_DIST = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** What the app answers for: the start and all under /app. Everything else is the API's. */
const PAGES = /^\/(?:app(?:\/.*)?)?$/;

/** Serves the built web app. Names of assets hold a hash of their content, so only the page itself is asked for again. */
export function serveWeb(app: NestExpressApplication): void {
  app.useStaticAssets(`${WEB_DIST}assets`, {
    prefix: '/assets',
    immutable: true,
    maxAge: '1y',
    index: false,
    redirect: false,
  });
  app.use(sendPage);
  app.useStaticAssets(WEB_DIST, {
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse) => {
      response.setHeader('cache-control', 'no-cache');
    },
  });
}

async function sendPage(request: Request, response: Response, next: NextFunction): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || !PAGES.test(request.path)) {
    next();
    return;
  }
  const page = await readFile(`${WEB_DIST}index.html`, 'utf8');
  response.setHeader('cache-control', 'no-cache');
  response.type('html').send(fromDepthOf(request.path, page));
}

/**
 * The page with the addresses of its parts as they are from `path`. Absolute ones would have to know the prefix that a proxy cuts off, and the
 * content security policy allows no base element.
 */
function fromDepthOf(path: string, page: string): string {
  const upwards = '../'.repeat(path.split('/').length - 2);
  return page.replaceAll(/(src|href)="\.\//g, `$1="./${upwards}`);
}

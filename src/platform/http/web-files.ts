import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';

const WEB_DIST = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** What the app answers for: the start and all under /app. Everything else is the API's. */
const PAGES = /^\/(?:app(?:\/.*)?)?$/;

const ASSETS = /^\/assets\/([\w-]+(?:\.[\w-]+)*\.(?:css|js|svg))$/;

/** The copies that the build lays beside each asset, the smallest first. */
const PACKED = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
];

/** Serves the built web app. Names of assets hold a hash of their content, so only the page itself is asked for again. */
export function serveWeb(app: NestExpressApplication): void {
  app.use(onlyReads(sendPage));
  app.use(onlyReads(sendAsset));
}

type Handler = (request: Request, response: Response, next: NextFunction) => void | Promise<void>;

function onlyReads(handler: Handler): Handler {
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return handler(request, response, next);
    next();
  };
}

async function sendPage(request: Request, response: Response, next: NextFunction): Promise<void> {
  if (!PAGES.test(request.path)) {
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

function sendAsset(request: Request, response: Response, next: NextFunction): void {
  const name = ASSETS.exec(request.path)?.[1];
  if (name === undefined) {
    next();
    return;
  }
  const packed = PACKED.filter(({ encoding }) => request.acceptsEncodings(encoding) !== false);
  response.vary('Accept-Encoding');
  response.type(path.extname(name));
  sendFirst(
    [...packed.map(({ encoding, ending }) => ({ encoding, file: name + ending })), { file: name }],
    response,
    next,
  );
}

interface Copy {
  readonly file: string;
  readonly encoding?: string;
}

/** The first of the copies that is there; the next handler's turn if none is. */
function sendFirst([copy, ...others]: readonly Copy[], response: Response, next: NextFunction): void {
  if (copy === undefined) {
    next();
    return;
  }
  const headers = copy.encoding === undefined ? {} : { 'content-encoding': copy.encoding };
  const options = { root: `${WEB_DIST}assets`, immutable: true, maxAge: '1y', headers };
  response.sendFile(copy.file, options, (error?: Error & { status?: number }) => {
    if (error === undefined || response.headersSent) return;
    // The answer to come is not packed.
    response.removeHeader('content-encoding');
    if (error.status === 404) sendFirst(others, response, next);
    else next(error);
  });
}

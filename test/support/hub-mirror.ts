import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What goes wrong with requests whose path contains `at`. Without `times` it goes wrong for ever. */
export interface Fault {
  readonly at: string;
  times?: number;
  /** Answers with this status and nothing else; `headers` come with it. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers with this text, as a proxy that wants a login would. */
  readonly page?: string;
  /** Cuts the connection, or goes silent, after so many bytes of content. */
  readonly cutAfter?: number;
  readonly stallAfter?: number;
  /** Sends another last byte than the file has. */
  readonly corrupt?: boolean;
  /** Sends the file from its beginning, whatever was asked for. */
  readonly ignoresRange?: boolean;
  /** Ends the answer properly, but this many bytes too early; or adds bytes to it. */
  readonly missing?: number;
  readonly surplus?: number;
  /** Waits before each piece of content. */
  readonly pauseMs?: number;
  /** Lists files as larger than they are. */
  readonly listedSize?: number;
}

export interface MirrorRequest {
  readonly server: 'hub' | 'cdn';
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
  /** Bytes of content that were sent. */
  sent: number;
}

export interface MirrorOptions {
  /** Repositories by name, and the folder with the files of each. */
  readonly repositories: Readonly<Record<string, string>>;
  /** Larger files are kept in LFS and served by another host. */
  readonly lfsFromBytes?: number;
  /** Files on one page of a listing. */
  readonly pageSize?: number;
  /** Without this token nothing is given. */
  readonly token?: string;
}

interface MirrorFile {
  readonly path: string;
  readonly source: string;
  readonly size: number;
  readonly gitOid: string;
  readonly sha256: string;
}

const PIECE_BYTES = 16 * 1024;
const POINTER_BYTES = 130;
const READ_MS = 50;

/**
 * A model hub on this machine that speaks the download protocol of huggingface.co over real HTTP: revisions, paged listings with the
 * hashes of git and LFS, redirects to another path and, for LFS, to another host, ranges and the hub's headers and error codes.
 * What can go wrong on the way can be switched on.
 */
export class HubMirror {
  readonly requests: MirrorRequest[] = [];
  private readonly faults: Fault[] = [];
  private readonly repositories = new Map<string, MirrorFile[]>();
  private readonly servers: Server[] = [];
  /** Changed by `advance`: a new commit with the same files. */
  private generation = 0;
  private cdnUrl = '';
  url = '';

  private constructor(private readonly options: MirrorOptions) {}

  static async open(options: MirrorOptions): Promise<HubMirror> {
    const mirror = new HubMirror(options);
    for (const [name, folder] of Object.entries(options.repositories)) {
      mirror.repositories.set(name, await readRepository(folder));
    }
    mirror.cdnUrl = await mirror.listen('cdn', 'localhost');
    mirror.url = await mirror.listen('hub', '127.0.0.1');
    return mirror;
  }

  /** Everything goes well again when it is called without a fault. */
  break(...faults: readonly Fault[]): void {
    this.faults.splice(0, this.faults.length, ...faults.map((fault) => ({ ...fault })));
  }

  advance(): void {
    this.generation += 1;
  }

  commitOf(repository: string): string {
    const files = this.repositories.get(repository) ?? [];
    const content = files.map(({ path: name, gitOid }) => `${gitOid} ${name}`).join('\n');
    return createHash('sha1').update(`${this.generation} ${content}`).digest('hex');
  }

  /** Requests that brought content of a file, in order. */
  contentRequests(name: string): MirrorRequest[] {
    return this.requests.filter((request) => request.path.endsWith(name) && request.sent > 0);
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  private async listen(kind: MirrorRequest['server'], host: string): Promise<string> {
    const server = createServer((request, response) => {
      void this.answer(kind, request, response).catch(() => response.destroy());
    }).listen(0, '127.0.0.1');
    this.servers.push(server);
    await once(server, 'listening');
    return `http://${host}:${(server.address() as AddressInfo).port}`;
  }

  private async answer(
    server: MirrorRequest['server'],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const { range = null, authorization = null } = request.headers;
    const entry = { server, path: decodeURIComponent(url.pathname), range, authorization, sent: 0 };
    this.requests.push(entry);
    const fault = this.takeFault(entry.path);
    if (fault?.status !== undefined) {
      response.writeHead(fault.status, { ...fault.headers }).end('refused');
    } else if (fault?.page !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(fault.page);
    } else if (server === 'hub' && !this.isAllowed(authorization)) {
      response.writeHead(401, { 'x-error-code': 'GatedRepo' }).end();
    } else if (entry.path.startsWith('/api/models/')) {
      this.answerApi(url, response, fault);
    } else {
      await this.answerContent(server, entry, response, fault);
    }
  }

  private takeFault(requestPath: string): Fault | undefined {
    const fault = this.faults.find(({ at, times = 1 }) => times > 0 && requestPath.includes(at));
    if (fault?.times !== undefined) fault.times -= 1;
    return fault;
  }

  private isAllowed(authorization: string | null): boolean {
    const { token } = this.options;
    return token === undefined || authorization === `Bearer ${token}`;
  }

  private answerApi(url: URL, response: ServerResponse, fault: Fault | undefined): void {
    const [, repository = '', kind, revision = ''] =
      /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(url.pathname) ?? [];
    const files = this.repositories.get(repository);
    if (files === undefined) {
      // What the hub says to somebody without a token.
      response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end();
    } else if (!this.knowsRevision(repository, decodeURIComponent(revision))) {
      response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
    } else if (kind === 'revision') {
      json(response, { id: repository, sha: this.commitOf(repository), siblings: [] });
    } else {
      this.answerTree(url, files, response, fault);
    }
  }

  private knowsRevision(repository: string, revision: string): boolean {
    return ['main', 'refs/pr/1', this.commitOf(repository)].includes(revision);
  }

  private answerTree(
    url: URL,
    files: MirrorFile[],
    response: ServerResponse,
    fault: Fault | undefined,
  ): void {
    const { pageSize = 1000 } = this.options;
    const begin = Number(url.searchParams.get('cursor') ?? 0);
    const page = files.slice(begin, begin + pageSize).map((file) => this.listed(file, fault));
    const end = begin + pageSize;
    // The address of the hub that is mirrored, as caches pass it on.
    const next = `https://huggingface.co${url.pathname}?recursive=true&cursor=${end}`;
    const headers = end < files.length ? { link: `<${next}>; rel="next"` } : {};
    const folder = { type: 'directory', oid: '0'.repeat(40), size: 0, path: 'onnx' };
    json(response, begin === 0 ? [folder, ...page] : page, headers);
  }

  private listed(file: MirrorFile, fault: Fault | undefined): object {
    const size = fault?.listedSize ?? file.size;
    const entry = { type: 'file', path: file.path, size };
    if (!this.isLfs(file)) return { ...entry, oid: file.gitOid };
    const pointer = { oid: file.sha256, size, pointerSize: POINTER_BYTES };
    return { ...entry, oid: createHash('sha1').update(file.sha256).digest('hex'), lfs: pointer };
  }

  private isLfs({ size }: MirrorFile): boolean {
    return size >= (this.options.lfsFromBytes ?? 1000);
  }

  /** Small files come from another path of the hub, large ones from another host. */
  private async answerContent(
    server: MirrorRequest['server'],
    entry: MirrorRequest,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    const [, cache, repository = '', commit = '', name = ''] =
      /^(\/cache)?\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(entry.path) ?? [];
    const file = this.repositories.get(repository)?.find((candidate) => candidate.path === name);
    if (file === undefined || commit !== this.commitOf(repository)) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    const etag = this.isLfs(file) ? file.sha256 : file.gitOid;
    if (cache === undefined) {
      const origin = this.isLfs(file) ? this.cdnUrl : '';
      response.writeHead(this.isLfs(file) ? 302 : 307, {
        location: `${origin}/cache${entry.path}`,
        'x-repo-commit': commit,
        'x-linked-etag': `"${etag}"`,
        'x-linked-size': file.size,
      });
      response.end();
      return;
    }
    if (this.isLfs(file) !== (server === 'cdn')) {
      response.writeHead(404).end();
      return;
    }
    await send(file, etag, entry, response, fault);
  }
}

async function send(
  file: MirrorFile,
  etag: string,
  entry: MirrorRequest,
  response: ServerResponse,
  fault: Fault = { at: '' },
): Promise<void> {
  const asked = Number(/^bytes=(\d+)-$/.exec(entry.range ?? '')?.[1] ?? 0);
  if (asked > 0 && asked >= file.size) {
    response.writeHead(416, { 'content-range': `bytes */${file.size}` }).end();
    return;
  }
  const start = fault.ignoresRange === true ? 0 : asked;
  const end = file.size - (fault.missing ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    etag: `"${etag}"`,
    'accept-ranges': 'bytes',
    'content-length': end - start + (fault.surplus ?? 0),
    ...(start > 0 ? { 'content-range': `bytes ${start}-${file.size - 1}/${file.size}` } : {}),
  });
  for await (const piece of pieces(file, start, end, fault)) {
    if (response.destroyed) return;
    if (fault.pauseMs !== undefined) await delay(fault.pauseMs);
    const limit = fault.cutAfter ?? fault.stallAfter ?? Infinity;
    const some = piece.subarray(0, Math.max(0, limit - entry.sent));
    await new Promise((resolve) => response.write(some, resolve));
    entry.sent += some.length;
    if (entry.sent < limit) continue;
    // What has arrived but was not read yet, fetch throws away with the connection.
    await delay(READ_MS);
    if (fault.cutAfter !== undefined) response.destroy();
    return;
  }
  response.end(Buffer.alloc(fault.surplus ?? 0));
}

async function* pieces(file: MirrorFile, start: number, end: number, fault: Fault): AsyncGenerator<Buffer> {
  if (end <= start) return;
  let position = start;
  const source = createReadStream(file.source, { start, end: end - 1, highWaterMark: PIECE_BYTES });
  for await (const piece of source as AsyncIterable<Buffer>) {
    position += piece.length;
    if (fault.corrupt === true && position === end) piece[piece.length - 1]! ^= 1;
    yield piece;
  }
}

function json(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function readRepository(folder: string): Promise<MirrorFile[]> {
  const names = await readdir(folder, { recursive: true });
  const files: MirrorFile[] = [];
  for (const name of names.sort()) {
    const source = path.join(folder, name);
    const found = await stat(source);
    if (!found.isFile()) continue;
    const git = createHash('sha1').update(`blob ${found.size}\0`);
    const sha256 = createHash('sha256');
    for await (const chunk of createReadStream(source)) {
      git.update(chunk as Buffer);
      sha256.update(chunk as Buffer);
    }
    const hashes = { gitOid: git.digest('hex'), sha256: sha256.digest('hex') };
    files.push({ path: name.replaceAll(path.sep, '/'), source, size: found.size, ...hashes });
  }
  return files;
}

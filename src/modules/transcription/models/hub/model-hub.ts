import type { Clock } from '../../../../platform/runtime/clock.js';
import { SERVICE_VERSION } from '../../../../platform/runtime/service-version.js';
import { connectionFailure, failureOf, invalidAnswer } from './hub-failure.js';
import { nextQuery, readCommit, readTreePage, type HubFile } from './hub-listing.js';
import { HUB_PATIENCE, withPatience, type HubPatience } from './hub-patience.js';

/** More pages than any model has: a listing that does not end is none. */
const MAX_PAGES = 50;

export interface HubAddress {
  /** Without a slash at the end; a mirror may have a path of its own. */
  readonly url: string;
  readonly token: string | null;
}

/** Content of a file from `offset` on. */
export interface HubContent {
  /** 0 although more was asked for: the hub cannot begin in the middle. */
  readonly offset: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface Asked {
  readonly what: string;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The model hub: which commit a revision is, which files that commit has, and what is in them. Speaks the HTTP protocol of huggingface.co,
 * which mirrors and caches speak too. Throws AppErrors `hub_*`.
 */
export class ModelHub {
  constructor(
    private readonly address: HubAddress,
    private readonly clock: Clock,
    readonly patience: HubPatience = HUB_PATIENCE,
  ) {}

  async getCommit(repository: string, revision: string, signal: AbortSignal): Promise<string> {
    const what = `revision ${revision} of ${repository}`;
    const url = `${this.address.url}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
    return readCommit((await this.getJson(url, { what, signal })).body);
  }

  async listFiles(repository: string, commit: string, signal: AbortSignal): Promise<HubFile[]> {
    const asked = { what: `the files of ${repository}`, signal };
    const url = `${this.address.url}/api/models/${repository}/tree/${commit}`;
    const files: HubFile[] = [];
    let query: string | null = '?recursive=true';
    for (let page = 0; query !== null; page += 1) {
      if (page === MAX_PAGES) throw invalidAnswer('a listing without end');
      const { body, headers } = await this.getJson(url + query, asked);
      files.push(...readTreePage(body));
      // Only the query: a mirror may pass on the links of the hub that it mirrors.
      query = nextQuery(headers.get('link'), url);
    }
    return files;
  }

  /** One attempt; the caller keeps what arrives and asks again from there. */
  async openFile(
    repository: string,
    commit: string,
    path: string,
    offset: number,
    signal: AbortSignal,
  ): Promise<HubContent> {
    const url = `${this.address.url}/${repository}/resolve/${commit}/${path}`;
    const silence = new Silence(this.patience.silenceMs, signal);
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await this.send(url, { what: `${path} of ${repository}`, signal, headers }, silence);
    const start = response.status === 206 ? readRangeStart(response.headers.get('content-range')) : 0;
    if (response.status !== 416 && (start === 0 || start === offset)) {
      return { offset: start, chunks: silence.watch(response.body) };
    }
    await response.body?.cancel();
    silence.end();
    if (start !== 0 || offset === 0) throw invalidAnswer('another part of the file than was asked for');
    // The hub has less than what is here: begin anew.
    return this.openFile(repository, commit, path, 0, signal);
  }

  private getJson(url: string, asked: Asked): Promise<{ body: unknown; headers: Headers }> {
    return withPatience(this.patience, asked.signal, async () => {
      const silence = new Silence(this.patience.silenceMs, asked.signal);
      const response = await this.send(url, asked, silence);
      const chunks: Uint8Array[] = [];
      for await (const chunk of silence.watch(response.body)) chunks.push(chunk);
      return { body: parseJson(Buffer.concat(chunks).toString()), headers: response.headers };
    });
  }

  /** Follows redirects; fetch leaves the token behind where one leads to another host. */
  private async send(url: string, asked: Asked, silence: Silence): Promise<Response> {
    const { token } = this.address;
    try {
      const response = await fetch(url, {
        signal: silence.signal,
        headers: {
          'user-agent': `whisper-transcriber/${SERVICE_VERSION}`,
          // Sizes and offsets are those of the file, not of something packed.
          'accept-encoding': 'identity',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...asked.headers,
        },
      });
      if (response.ok || response.status === 416) return response;
      await response.body?.cancel();
      throw failureOf(response, asked.what, this.clock.now());
    } catch (error) {
      silence.end();
      asked.signal.throwIfAborted();
      throw connectionFailure(error, silence.tooLong);
    }
  }
}

/** NaN, which is no place in any file, for a part that does not say where it begins. */
function readRangeStart(contentRange: string | null): number {
  return Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1] ?? NaN);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidAnswer('no JSON');
  }
}

/** Breaks a request off when nothing has come for too long; how long it takes in all is not limited. */
class Silence {
  readonly signal: AbortSignal;
  private readonly limit = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    limitMs: number,
    private readonly asker: AbortSignal,
  ) {
    this.signal = AbortSignal.any([asker, this.limit.signal]);
    this.timer = setTimeout(() => {
      this.limit.abort();
    }, limitMs);
  }

  get tooLong(): boolean {
    return this.limit.signal.aborted;
  }

  /** @throws AppError hub_unreachable when the content breaks off or stops coming */
  async *watch(content: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of content ?? []) {
        this.timer.refresh();
        yield chunk;
      }
    } catch (error) {
      this.asker.throwIfAborted();
      throw connectionFailure(error, this.tooLong);
    } finally {
      this.end();
    }
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

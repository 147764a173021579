import type { Connection } from './connection.js';
import { readServerEvents, type ServerEvent } from './server-events.js';
import { readError, TranscriberError } from './transcriber-error.js';

/** The service fills silence with comments every 15 seconds. */
const LONGEST_SILENCE_MS = 60_000;

/** A stream of events that can be read again from where it broke off. */
export class EventStream {
  /** Nothing more will come, however often it is read. */
  hasEnded = false;

  constructor(
    private readonly connection: Connection,
    private readonly path: string,
    private lastEventId = '',
  ) {}

  /**
   * What comes until the stream ends or breaks off, which is no failure: the next reading gives what was missed.
   * @throws TranscriberError where no stream is to be had
   * @throws the reason of the signal
   */
  async *read(signal?: AbortSignal, onOpen?: () => void): AsyncGenerator<ServerEvent, void> {
    const silence = new Silence(LONGEST_SILENCE_MS);
    try {
      const body = await this.open(
        signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      );
      if (body === null) {
        this.hasEnded = true;
        return;
      }
      onOpen?.();
      for await (const event of readServerEvents(body.pipeThrough(silence.brokenByBytes()))) {
        this.lastEventId = event.id;
        if (event.data !== '') yield event;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof TranscriberError) throw error;
    } finally {
      silence.stop();
    }
  }

  /** @returns null where nothing more will come */
  private async open(signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
    const headers = {
      accept: 'text/event-stream',
      ...(this.lastEventId !== '' && { 'last-event-id': this.lastEventId }),
    };
    const response = await this.connection.send(this.path, { headers, signal });
    if (!response.ok) throw await readError(response);
    return response.status === 204 ? null : response.body;
  }
}

/** Aborts its signal when nothing was heard for so long. */
class Silence {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly longestMs: number) {
    this.begin();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  brokenByBytes(): TransformStream<Uint8Array, Uint8Array> {
    return new TransformStream({
      transform: (bytes, stream) => {
        this.begin();
        stream.enqueue(bytes);
      },
    });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private begin(): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.controller.abort();
    }, this.longestMs);
  }
}

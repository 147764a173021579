import type { Segment } from '@whisper-transcriber/client-sdk';

export interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A stream of events as a browser would read it. */
export class EventStream {
  /** Of all that came so far. */
  text = '';
  lastId = '';
  private readonly queue: StreamedEvent[] = [];
  private buffer = '';

  private constructor(
    private readonly reader: ReadableStreamDefaultReader<string>,
    readonly headers: Headers,
  ) {}

  /** @throws Error for an answer that is no stream */
  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    const response = await fetch(url, { headers });
    if (response.status !== 200 || response.body === null)
      throw new Error(`No stream: ${response.status} ${await response.text()}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    return new EventStream(reader, response.headers);
  }

  /** The next event; null when the stream has ended, however that was. */
  async next(): Promise<StreamedEvent | null> {
    while (this.queue.length === 0) {
      const { done, value } = await this.reader
        .read()
        .catch(() => ({ done: true as const, value: undefined }));
      if (done) return null;
      this.take(value);
    }
    return this.queue.shift() ?? null;
  }

  async until(isLast: (event: StreamedEvent) => boolean): Promise<StreamedEvent[]> {
    const events: StreamedEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) {
      events.push(event);
      if (isLast(event)) break;
    }
    return events;
  }

  rest(): Promise<StreamedEvent[]> {
    return this.until(() => false);
  }

  /** Goes away, as a client does whose network is lost. */
  async cut(): Promise<void> {
    await this.reader.cancel().catch(() => undefined);
  }

  private take(text: string): void {
    this.text += text;
    this.buffer += text;
    const blocks = this.buffer.split('\n\n');
    this.buffer = blocks.pop() ?? '';
    for (const block of blocks) this.takeBlock(block);
  }

  private takeBlock(block: string): void {
    const lines = block.split('\n').map((line) => line.split(/: (.*)/s, 2));
    const fields = Object.fromEntries(lines) as Partial<Record<string, string>>;
    const { id, event, data } = fields;
    if (id !== undefined) this.lastId = id;
    if (event !== undefined && data !== undefined)
      this.queue.push({ id: this.lastId, event, data: JSON.parse(data) as StreamedEvent['data'] });
  }
}

/** What a client has of the text when it has got these events. */
export function segmentsOf(events: readonly StreamedEvent[], known: readonly Segment[] = []): Segment[] {
  return events
    .filter(({ event }) => event === 'segments')
    .reduce<Segment[]>(
      (all, { data }) => {
        const { from, segments } = data as { from: number; segments: Segment[] };
        return [...all.slice(0, from), ...segments];
      },
      [...known],
    );
}

export function reasonsOf(events: readonly StreamedEvent[]): unknown[] {
  return events.filter(({ event }) => event === 'status').map(({ data }) => data['reason']);
}

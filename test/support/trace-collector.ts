import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { OutsideServer } from './outside-server.js';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: {
      readonly stringValue?: string;
      readonly intValue?: number;
      readonly doubleValue?: number;
    };
  }[];
  readonly status: { readonly code?: number };
  /** Added here. */
  readonly service: string;
}

interface OtlpMessage {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
  }[];
}

/** Takes spans as collectors do. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  raw = '';
  private server: OutsideServer | undefined;

  static async open(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    collector.server = await OutsideServer.http((request, response) => {
      void collector.take(request, response);
    });
    return collector;
  }

  get url(): string {
    return this.server?.url('', '127.0.0.1') ?? '';
  }

  named(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const message = (await json(request)) as OtlpMessage;
    this.raw += JSON.stringify(message);
    this.headers.push(request.headers);
    for (const { resource, scopeSpans } of message.resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
    response.setHeader('content-type', 'application/json').end('{}');
  }
}

import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

/** Without a provider, which startTracing sets, all of this does nothing. */
const tracer = trace.getTracer('whisper-transcriber');

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

export interface SpanOptions {
  readonly kind?: keyof typeof KINDS;
  /** Names, counts, ids and sizes; never text, file names or tokens. */
  readonly attributes?: Attributes;
  /** What it belongs to (W3C), where that is not what is under way here; null: nothing. */
  readonly traceparent?: string | null;
}

/** What may be added to a span while its work is under way. */
export interface WorkSpan {
  set(attributes: Attributes): void;
  fail(type: string): void;
}

/** Does a piece of work as a span. An error is told by its code or its name: its message may hold what people said. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: WorkSpan) => Promise<T>,
): Promise<T> {
  const { kind = 'internal', attributes = {}, traceparent } = options;
  const parent = traceparent === undefined ? context.active() : contextOf({ traceparent });
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(asWork(span)));
  } catch (error) {
    asWork(span).fail(typeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

export interface BegunSpan {
  end(attributes: Attributes): void;
}

/** A span of the work that is under way here, and whose end somebody tells. */
export function beginSpan(name: string): BegunSpan {
  const span = tracer.startSpan(name, {}, context.active());
  return {
    end: (attributes) => {
      span.setAttributes(attributes).end();
    },
  };
}

/** What is over. */
export interface PastWork {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  readonly attributes?: Attributes;
  /** What was done in the course of it. */
  readonly parts?: readonly PastWork[];
}

/** Spans of what is over. */
export function noteSpan(work: PastWork, { traceparent }: Pick<SpanOptions, 'traceparent'> = {}): void {
  note(work, traceparent === undefined ? context.active() : contextOf({ traceparent }));
}

function note({ name, from, to, attributes = {}, parts = [] }: PastWork, parent: Context): void {
  const span = tracer.startSpan(name, { attributes, startTime: from }, parent);
  for (const part of parts) note(part, trace.setSpan(parent, span));
  span.end(to);
}

/** Whether somebody wants to know what the work that is under way here takes. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() ?? false;
}

/** A span whose end somebody else tells, and the way to work inside of it. */
export function openSpan(
  name: string,
  { kind = 'internal', attributes = {} }: SpanOptions,
  headers: Readonly<Record<string, unknown>>,
): { readonly span: Span; readonly run: (work: () => void) => void } {
  const parent = contextOf(headers);
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent);
  return {
    span,
    run: (work) => {
      context.with(trace.setSpan(parent, span), work);
    },
  };
}

/** What a request to somebody else carries, so that its trace goes on there. Empty while nobody traces. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** The place in the trace that is under way, to be kept with what is done later; null while nobody traces. */
export function currentTraceparent(): string | null {
  return traceHeaders()['traceparent'] ?? null;
}

/** For entries of the log. */
export function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

function contextOf(headers: Readonly<Record<string, unknown>>): Context {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, {
    traceparent,
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  });
}

function asWork(span: Span): WorkSpan {
  return {
    set: (attributes) => {
      span.setAttributes(attributes);
    },
    fail: (type) => {
      span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    },
  };
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

import { openTracing } from '../../src/platform/tracing/open-tracing.js';
import { inSpan } from '../../src/platform/tracing/spans.js';
import type { RunningTracing } from '../../src/platform/tracing/tracing-settings.js';
import { TraceCollector, type CollectedSpan } from './trace-collector.js';
import { waitFor } from './wait-for.js';

/** Traces of this process. There can be one of it in each file of tests. */
export class TracedWork {
  private runs = 0;

  private constructor(
    private readonly collector: TraceCollector,
    private readonly tracing: RunningTracing,
  ) {}

  static async open(): Promise<TracedWork> {
    const collector = await TraceCollector.open();
    const settings = {
      url: `${collector.url}/v1/traces`,
      headers: {},
      timeoutMs: 10_000,
      serviceName: 'worker',
      resourceAttributes: {},
      sampler: 'parentbased_always_on',
      samplerRatio: 1,
    };
    const tracing = openTracing(settings, '1.0.0', (reason) => {
      throw new Error(reason);
    });
    return new TracedWork(collector, tracing);
  }

  /** The spans of a piece of work, in the order of their ends, which is its own at last. */
  async spansOf(work: () => Promise<unknown>): Promise<CollectedSpan[]> {
    this.runs += 1;
    const traceId = this.runs.toString(16).padStart(32, '0');
    await inSpan('job process', { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }, work);
    const spans = (): CollectedSpan[] => this.collector.spans.filter((span) => span.traceId === traceId);
    await waitFor(() => spans().some(({ name }) => name === 'job process'));
    return spans();
  }

  async close(): Promise<void> {
    await this.tracing.stop();
    await this.collector.close();
  }
}

export const spansNamed = (spans: readonly CollectedSpan[], wanted: string): CollectedSpan[] =>
  spans.filter(({ name }) => name === wanted);

export const spansBelow = (
  spans: readonly CollectedSpan[],
  parent: CollectedSpan | undefined,
): CollectedSpan[] => spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId);

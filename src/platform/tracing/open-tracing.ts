import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { RunningTracing, TracingSettings } from './tracing-settings.js';

/** A collector that is away must not hold up the end of the process. */
const STOP_WITHIN_MS = 2000;
const SEND_EVERY_MS = 1000;

/** Sets what makes and sends spans for the whole process. */
export function openTracing(
  settings: TracingSettings,
  version: string,
  onFault: (reason: string) => void,
): RunningTracing {
  diag.setLogger(faultsTo(onFault), { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const { url, timeoutMs: timeoutMillis } = settings;
  const exporter = new OTLPTraceExporter({ url, headers: { ...settings.headers }, timeoutMillis });
  const provider = new TracerProvider({
    sampler: samplerOf(settings),
    resource: resourceFromAttributes({
      'service.version': version,
      ...settings.resourceAttributes,
      'service.name': settings.serviceName,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: timeoutMillis,
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return { stop: () => stopInTime(provider) };
}

async function stopInTime(provider: TracerProvider): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_WITHIN_MS);
  });
  // What the collector did not take is lost, which was told of.
  await Promise.race([provider.shutdown().catch(() => undefined), late]);
  clearTimeout(timer);
}

function samplerOf({ sampler, samplerRatio }: TracingSettings): Sampler {
  const name = sampler.replace(/^parentbased_/, '');
  const root = rootSampler(name, samplerRatio);
  return sampler === name ? root : new ParentBasedSampler({ root });
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}

/** What the library says may name hosts and headers; that spans were lost is all that matters. */
function faultsTo(onFault: (reason: string) => void): Parameters<typeof diag.setLogger>[0] {
  const ignore = (): void => undefined;
  return {
    error: () => {
      onFault('Traces could not be sent');
    },
    warn: ignore,
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
}

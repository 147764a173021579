/** What traces need of the settings. */
export interface TracingSettings {
  /** Complete, with its path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sampler: string;
  readonly samplerRatio: number;
}

export interface RunningTracing {
  /** Sends what is left, as far as the collector takes it soon. */
  stop(): Promise<void>;
}

const OFF: RunningTracing = { stop: () => Promise.resolve() };

/** Begins to send traces; null: nobody wants any, and nothing that makes them is loaded. */
export async function startTracing(
  settings: TracingSettings | null,
  version: string,
  onFault: (reason: string) => void,
): Promise<RunningTracing> {
  if (settings === null) return OFF;
  const { openTracing } = await import('./open-tracing.js');
  return openTracing(settings, version, onFault);
}

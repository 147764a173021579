import type { RunningTracing, TracingSettings } from './tracing-settings.js';

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

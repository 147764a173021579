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

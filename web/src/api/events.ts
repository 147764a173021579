export interface ServerEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: unknown;
}

/** What the SDK needs to open a stream; it fits its `followJob` and `followJobs`. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly query: { readonly last_event_id?: string };
  readonly sseMaxRetryAttempts: number;
  readonly onSseEvent: (event: ServerEvent) => void;
  readonly onSseError: (error: unknown) => void;
}

export interface Listener {
  readonly signal: AbortSignal;
  readonly onEvent: (event: ServerEvent) => void;
  /** The stream ended. What happened meanwhile can be asked for; resolves to whether to open it again. */
  readonly onEnd: () => Promise<boolean>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

/** Follows a stream of events over lost connections, each from the event that was heard last. Where there are no streams `onEnd` polls. */
export async function listen(
  open: (options: StreamOptions) => Promise<{ stream: AsyncIterable<unknown> }>,
  { signal, onEvent, onEnd }: Listener,
): Promise<void> {
  let lastEventId: string | undefined;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const heard = (event: ServerEvent): void => {
      lastEventId = event.id ?? lastEventId;
      pause = FIRST_PAUSE_MS;
      // The first only says where the stream begins.
      if (event.event !== undefined) onEvent(event);
    };
    const attempt = new AbortController();
    const { stream } = await open({
      signal: AbortSignal.any([signal, attempt.signal]),
      query: lastEventId === undefined ? {} : { last_event_id: lastEventId },
      sseMaxRetryAttempts: 1,
      onSseEvent: heard,
      // That it has ended is all there is to know: onEnd looks at what the stream is about.
      onSseError: () => undefined,
    });
    const events = stream[Symbol.asyncIterator]();
    while ((await events.next()).done !== true);
    // A stream that was given up in the middle would keep its connection, of which a browser has six.
    attempt.abort();
    if (signal.aborted || !(await onEnd())) return;
    await pauseFor(pause, signal);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}

/** Ends early when the device comes back online, or the page is looked at again. */
export function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      if (document.visibilityState === 'visible') done();
    };
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', wake);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', wake);
    signal.addEventListener('abort', done);
  });
}

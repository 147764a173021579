/** One Ctrl-C may arrive twice: from the terminal, and passed on by npm. */
const REPEAT_MS = 1000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Trips on the first SIGINT, SIGTERM or SIGHUP. When another one comes later, or when `graceMs` have passed since and the process still
 * runs, it is ended with exit code 1: a hang can always be broken with Ctrl-C.
 */
export function stopSignal(graceMs: number, log: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  let since = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - since > REPEAT_MS) process.exit(1);
      return;
    }
    since = performance.now();
    log(`${signal} received, stopping`);
    setTimeout(() => {
      log('Stopping took longer than the grace period allows');
      process.exit(1);
    }, graceMs).unref();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}

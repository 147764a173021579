interface Closable {
  close(): Promise<void>;
}

/** One Ctrl-C may arrive twice: from the terminal, and passed on by npm. */
const REPEAT_MS = 1000;

/**
 * Ends the process in order on the first SIGINT or SIGTERM (exit code 0), and at once (exit code 1) on another one later or when the
 * grace period is over: a hang can always be broken with Ctrl-C.
 */
export function closeOnSignal(app: Closable, graceMs: number, log: (message: string) => void): void {
  let closingSince: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (closingSince !== undefined) {
      if (performance.now() - closingSince > REPEAT_MS) process.exit(1);
      return;
    }
    closingSince = performance.now();
    log(`${signal} received, stopping`);
    setTimeout(() => {
      log('Stopping took longer than the grace period allows');
      process.exit(1);
    }, graceMs).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`Stopping failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

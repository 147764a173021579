import { findChild } from './engine-process.js';
import { waitFor } from './wait-for.js';

/** Kills the diarizer of a service so many times, each as soon as it is there. */
export async function killDiarizers(servicePid: number, times: number): Promise<void> {
  let last: number | undefined;
  for (let killed = 0; killed < times; killed += 1) {
    await waitFor(
      () => {
        const child = findChild(servicePid, 'diarizer.child');
        if (child === undefined || child === last) return false;
        process.kill(child, 'SIGKILL');
        last = child;
        return true;
      },
      { limitMs: 60_000, what: 'a diarizer' },
    );
  }
}

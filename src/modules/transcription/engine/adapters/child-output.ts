import type { ChildProcess } from 'node:child_process';

const LONGEST = 2000;

/** What native libraries of a child write to its streams: whatever it is, it goes to a log and not into anybody's protocol. */
export function followOutput({ stdout, stderr }: ChildProcess, tell: (text: string) => void): void {
  for (const output of [stdout, stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => {
      tell(text.slice(0, LONGEST));
    });
  }
}

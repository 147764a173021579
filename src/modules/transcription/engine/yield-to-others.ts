import { constants, getPriority, setPriority } from 'node:os';

/** The engine takes all of the processors that it is given, and nobody waits for it within milliseconds: requests and the database go first. */
export function yieldToOthers(): void {
  const { PRIORITY_LOW: wanted } = constants.priority;
  // Nobody may raise it. Threads that begin later have it too.
  if (getPriority() < wanted) setPriority(wanted);
}

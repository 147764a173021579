import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 50;

/** Resolves as soon as the condition holds; what it throws ends the wait. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  { limitMs = 90_000, what = 'a condition' } = {},
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain for ${what}`);
    await delay(STEP_MS);
  }
}

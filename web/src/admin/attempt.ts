import { problemOf } from '../api/problem';
import { toasts } from '../design/toasts.svelte';

/** Does something and says what came of it. @returns whether it was done */
export async function attempt(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    toasts.say(problemOf(error).detail, 'failed');
    return false;
  }
  toasts.say(done);
  return true;
}

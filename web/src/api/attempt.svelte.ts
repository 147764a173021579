import { problemOf, type ProblemWords } from './problem';

/** Something that is asked of the service, and what was wrong with it the last time. */
export class Attempt {
  busy = $state(false);
  problem = $state.raw<ProblemWords | null>(null);

  /** @returns whether it went well; if not, `problem` says why */
  async run(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

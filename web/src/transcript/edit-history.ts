const MOST_STEPS = 500;
/** Typing without a longer break is one step. */
const SAME_STEP_MS = 1000;

/** What was before, and what was taken back. States are never changed, so keeping them costs little. */
export class EditHistory<State> {
  private readonly before: State[] = [];
  private after: State[] = [];
  private lastAct: { readonly name: string; readonly at: number } | null = null;

  get canUndo(): boolean {
    return this.before.length > 0;
  }

  get canRedo(): boolean {
    return this.after.length > 0;
  }

  /**
   * Takes note of a change.
   * @param act those of one name that follow each other quickly are taken back together; absent: a step of its own
   */
  record(previous: State, at: number, act: string | null = null): void {
    const goesOn = act !== null && this.lastAct?.name === act && at - this.lastAct.at < SAME_STEP_MS;
    if (!goesOn) this.before.push(previous);
    if (this.before.length > MOST_STEPS) this.before.shift();
    this.after = [];
    this.lastAct = act === null ? null : { name: act, at };
  }

  /** @returns what was before; absent: nothing was */
  undo(current: State): State | undefined {
    const state = this.before.pop();
    if (state !== undefined) this.after.push(current);
    this.lastAct = null;
    return state;
  }

  redo(current: State): State | undefined {
    const state = this.after.pop();
    if (state !== undefined) this.before.push(current);
    this.lastAct = null;
    return state;
  }
}

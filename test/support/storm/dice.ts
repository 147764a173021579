/** Repeatable chance: the same seed gives the same storm, as far as time allows. */
export class Dice {
  /** @param seed a whole number above 0 */
  constructor(private state: number) {}

  /** At least `from` and below `to`. */
  between(from: number, to: number): number {
    // Lehmer's generator with the constants of MINSTD.
    this.state = (this.state * 48_271) % 2_147_483_647;
    return from + Math.floor((this.state / 2_147_483_647) * (to - from));
  }

  /** All of them, in any order. */
  shuffle<T>(things: readonly T[]): T[] {
    const left = [...things];
    return things.flatMap(() => left.splice(this.between(0, left.length), 1));
  }

  pick<T>(things: readonly T[]): T {
    const thing = things[this.between(0, things.length)];
    if (thing === undefined) throw new Error('There is nothing to pick from');
    return thing;
  }
}

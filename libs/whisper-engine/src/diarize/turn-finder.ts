import type { SpeakerTurn } from './diarization.js';

/** What has a place in time. Seconds. */
export interface Timed {
  start: number;
  end: number;
}

/** What speakers add to a segment or a word. */
export interface Spoken {
  /** `id` of the speaker; null where nobody was heard near it. */
  speaker: number | null;
  /** Whether somebody else spoke at the same time, for a third of it at least. */
  overlap: boolean;
}

/** A word that lies in no turn takes the nearest one within this many seconds. */
const NEAR = 0.5;
/** Share of a word or segment that two have to speak in together for it to count as overlapped. */
const OVERLAPPED = 1 / 3;

/** Finds the turns of a time without looking at all of them. */
export class TurnFinder {
  /** The latest end of a turn and those before it. */
  private readonly ends: number[] = [];

  constructor(private readonly turns: readonly SpeakerTurn[]) {
    for (const { end } of turns) this.ends.push(Math.max(end, this.ends.at(-1) ?? -Infinity));
  }

  find(time: Timed, before: number | null): Spoken {
    const seconds = this.secondsIn(time);
    let speaker = before !== null && seconds.has(before) ? before : null;
    for (const [other, value] of seconds) {
      if (speaker === null || value > (seconds.get(speaker) ?? 0)) speaker = other;
    }
    speaker ??= this.nearest(time, before) ?? before;
    return { speaker, overlap: this.isOverlapped(time, speaker) };
  }

  isOverlapped(time: Timed, speaker: number | null): boolean {
    const others = [...this.secondsIn(time)].filter(([other]) => other !== speaker);
    const own = speaker === null ? 0 : (this.secondsIn(time).get(speaker) ?? 0);
    const together = Math.min(own, Math.max(0, ...others.map(([, value]) => value)));
    return together > 0 && together >= (time.end - time.start) * OVERLAPPED;
  }

  /** How long each speaker is heard in a time; those who are heard at all. */
  private secondsIn({ start, end }: Timed): Map<number, number> {
    const seconds = new Map<number, number>();
    for (const turn of this.around(start, end)) {
      const common = Math.min(end, turn.end) - Math.max(start, turn.start);
      // A word without length lies in a turn as well.
      if (common < 0 || (common === 0 && end > start)) continue;
      seconds.set(turn.speaker, (seconds.get(turn.speaker) ?? 0) + common);
    }
    return seconds;
  }

  private nearest({ start, end }: Timed, before: number | null): number | null {
    let best: { distance: number; speaker: number } | null = null;
    for (const { start: from, end: to, speaker } of this.around(start - NEAR, end + NEAR)) {
      const distance = Math.max(from - end, start - to);
      const nearer =
        best === null || distance < best.distance || (distance === best.distance && speaker === before);
      if (distance <= NEAR && nearer) best = { distance, speaker };
    }
    return best?.speaker ?? null;
  }

  /** Turns that touch a time. */
  private around(start: number, end: number): SpeakerTurn[] {
    let [low, high] = [0, this.turns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ends[middle] ?? Infinity) < start) low = middle + 1;
      else high = middle;
    }
    const found: SpeakerTurn[] = [];
    for (let index = low; index < this.turns.length; index++) {
      const turn = this.turns[index];
      if (turn === undefined || turn.start > end) break;
      if (turn.end >= start) found.push(turn);
    }
    return found;
  }
}

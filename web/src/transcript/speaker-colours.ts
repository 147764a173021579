/** As many as `--speaker-1` and so on there are. */
export const SPEAKER_COLOURS = 8;

/**
 * A colour, from 1, for each voice: by the number in its key, so that it stays when others come and go. Of two that would have the same
 * one the second gets one that is free, as long as there is any.
 */
export function coloursOf(voices: readonly string[]): ReadonlyMap<string, number> {
  const colours = new Map<string, number>();
  const taken = new Set<number>();
  for (const voice of voices) {
    const wished = wishOf(voice);
    const all = Array.from(
      { length: SPEAKER_COLOURS },
      (_, step) => ((wished - 1 + step) % SPEAKER_COLOURS) + 1,
    );
    const colour = all.find((one) => !taken.has(one)) ?? wished;
    colours.set(voice, colour);
    taken.add(colour);
  }
  return colours;
}

/** Channels are counted from 0, people from 1. */
function wishOf(voice: string): number {
  const [, kind, digits] = /^(.*?)(\d{1,9})$/.exec(voice) ?? [];
  const number = Number(digits ?? 1) - (kind === 'channel_' ? 0 : 1);
  return (((number % SPEAKER_COLOURS) + SPEAKER_COLOURS) % SPEAKER_COLOURS) + 1;
}

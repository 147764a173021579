import type { JobSegment } from '../../../jobs/job-text.view.js';
import type { Speakers } from '../../transcripts/transcript.view.js';

const LETTERS = 26;
/** Where nobody could be told apart. Clients insist on a text. */
const NOBODY = 'unknown';

/** What speakers are called: by their names where those are known, else letters in the order in which they are first heard. */
export class SpeakerNames {
  private readonly names = new Map<string, string>();
  private letters = 0;

  /**
   * @param known names that were given with the call
   * @param speakers names that the transcript has
   */
  constructor(
    private readonly known: readonly string[],
    private readonly speakers: Speakers,
  ) {}

  nameOf({ speaker, channel }: Pick<JobSegment, 'speaker' | 'channel'>): string {
    const key = speaker ?? (channel === undefined ? null : `channel ${channel}`);
    if (key === null) return NOBODY;
    const name = this.names.get(key) ?? this.knownName(key) ?? this.nextLetter();
    this.names.set(key, name);
    return name;
  }

  private knownName(key: string): string | undefined {
    const name = this.speakers[key];
    return name !== undefined && this.known.includes(name) ? name : undefined;
  }

  private nextLetter(): string {
    const letter = letterOf(this.letters);
    this.letters += 1;
    return this.known.includes(letter) ? this.nextLetter() : letter;
  }
}

/** A to Z, then AA. */
function letterOf(index: number): string {
  const before = Math.floor(index / LETTERS);
  const letter = String.fromCharCode('A'.charCodeAt(0) + (index % LETTERS));
  return before === 0 ? letter : letterOf(before - 1) + letter;
}

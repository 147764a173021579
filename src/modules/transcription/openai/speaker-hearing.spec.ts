import { describe, expect, it } from '@jest/globals';
import { hearSpeakers } from './speaker-hearing.js';

const BY_VOICE = { exactly: null, least: null, most: null };

describe('speakers of a recording', () => {
  it.each([
    [1, false, 'mixed', BY_VOICE],
    [1, true, 'mixed', BY_VOICE],
    [2, false, 'separate', null],
    [2, true, 'separate', BY_VOICE],
    [8, false, 'separate', null],
    [9, false, 'mixed', BY_VOICE],
  ] as const)(
    'with %i channels, some of them known: %p, are heard in %s channels',
    (count, known, channels, diarize) => {
      expect(hearSpeakers(count, known)).toEqual({ channels, diarize });
    },
  );
});

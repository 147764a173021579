import { describe, expect, it } from '@jest/globals';
import type { AudioTrack } from './media-info.js';
import { chooseTrack } from './track-choice.js';

const SOUND = { codec: 'aac', isReadable: true, isDefault: false, language: null, title: null };
const KNOWN = { channels: 2, sampleRate: 48_000, durationSeconds: 60 };

function tracks(...differences: Partial<AudioTrack>[]): AudioTrack[] {
  return differences.map((difference, index) => ({ ...SOUND, ...KNOWN, index, ...difference }));
}

describe('chooseTrack', () => {
  it.each([
    ['the one that was asked for', tracks({}, { isDefault: true }, {}), 2, 2],
    ['the default', tracks({}, { isDefault: true }, { isDefault: true }), null, 1],
    ['the first', tracks({}, {}), null, 0],
    ['what can be read', tracks({ isDefault: true, isReadable: false }, {}), null, 1],
    ['what has been heard of', tracks({ isDefault: true, channels: 0 }, { sampleRate: 0 }, {}), null, 2],
    ['the first where nothing is known of any', tracks({ channels: 0 }, { sampleRate: 0 }), null, 0],
  ])('takes %s', (_what, all, index, chosen) => {
    expect(chooseTrack(all, index).index).toBe(chosen);
  });

  it.each([
    ['no track', tracks(), null, 'no_audio'],
    ['no track, though one is asked for', tracks(), 0, 'no_audio'],
    ['a number beyond the last', tracks({}, {}), 2, 'track_unknown'],
    ['nothing that can be read', tracks({ isReadable: false, codec: 'xyz' }), null, 'unsupported_media'],
    ['one that cannot be read', tracks({}, { isReadable: false }), 1, 'unsupported_media'],
  ])('refuses %s', (_what, all, index, code) => {
    expect(() => chooseTrack(all, index)).toThrow(expect.objectContaining({ code }));
  });
});

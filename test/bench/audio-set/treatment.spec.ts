import { describe, expect, it } from '@jest/globals';
import { allowedTreatments } from './treatment.js';

describe('allowedTreatments', () => {
  it.each([
    ['transcribe', ['text']],
    ['transcribe, or one channel; an empty answer is the known weak spot', ['text']],
    ['accept: empty transcript', ['empty']],
    ['accept: any short or empty transcript', ['text', 'empty']],
    ['reject: empty_file', ['422 empty_file', 'failed empty_file']],
    ['reject: too_long (when a length limit is set)', ['413 audio_too_long', 'failed audio_too_long']],
    ['reject: empty_audio (or accept: empty transcript)', ['empty', '422 empty_audio', 'failed empty_audio']],
    [
      'reject: no_audio (or unsupported_media)',
      ['415 unsupported_media', 'failed unsupported_media', '422 no_audio', 'failed no_audio'],
    ],
    [
      'accept: partial transcript, or reject: corrupt_media',
      ['text', '422 corrupt_media', 'failed corrupt_media'],
    ],
    ['reject: unsupported_media; no file access', ['415 unsupported_media', 'failed unsupported_media']],
  ])('reads "%s"', (expected, allowed) => {
    expect([...allowedTreatments(expected)].sort()).toEqual(allowed.sort());
  });

  it('does not guess at what it does not know', () => {
    expect(() => allowedTreatments('shrug')).toThrow('shrug');
  });
});

import { describe, expect, it } from '@jest/globals';
import { documentOf, editOf, textOf, type EditedSegment, type TranscriptDocument } from './document';
import { nameFault } from './speaker-names';
import {
  assignVoice,
  keysWithin,
  mergeVoices,
  nameOf,
  newSpeakerName,
  renameVoice,
  speakersOf,
  splitForOther,
} from './speakers';

const NAMES = { speaker_1: 'Speaker 1', speaker_2: 'Speaker 2', speaker_3: 'Speaker 3' };

/** A segment of a second for each voice, in this order; empty: nobody is known. */
function told(...voices: readonly string[]): TranscriptDocument {
  const segments = voices.map((speaker, index) => ({
    start: index,
    end: index + 1,
    text: `said ${index}`,
    ...(speaker === '' ? {} : { speaker }),
  }));
  const speakers = Object.fromEntries(Object.entries(NAMES).filter(([voice]) => voices.includes(voice)));
  return documentOf({ segments, speakers });
}

function keysAt({ segments }: TranscriptDocument, ...indexes: number[]): Set<string> {
  return new Set(indexes.map((index) => segments[index]?.key ?? ''));
}
const keyAt = ({ segments }: TranscriptDocument, index: number): string => segments[index]?.key ?? '';
const voicesIn = ({ segments }: TranscriptDocument): (string | undefined)[] =>
  segments.map(({ speaker }) => speaker);
const namesIn = (document: TranscriptDocument): (string | undefined)[] =>
  document.segments.map((segment) => nameOf(document, segment));

describe('renaming a speaker', () => {
  it('is one change of one name for the whole transcript, and touches no segment', () => {
    const before = told('speaker_1', 'speaker_2', 'speaker_1');
    const after = renameVoice(before, 'speaker_1', 'Elinor');
    expect(namesIn(after)).toEqual(['Elinor', 'Speaker 2', 'Elinor']);
    expect(after.segments).toBe(before.segments);
  });

  it('is nothing to take back where the name stays', () => {
    const document = told('speaker_1');
    expect(renameVoice(document, 'speaker_1', 'Speaker 1')).toBe(document);
  });

  it('does not make two of the same name', () => {
    const document = told('speaker_1', 'speaker_2');
    expect(nameFault(document, 'speaker_1', 'Speaker 2')).toMatch(/another Speaker 2.*merge/);
    expect(nameFault(document, 'speaker_1', 'SPEAKER 2')).toMatch(/another/);
    expect(nameFault(document, 'speaker_1', '')).toBe('A speaker needs a name.');
    expect(nameFault(document, 'speaker_1', 'Speaker 1')).toBeNull();
  });
});

describe('merging two speakers', () => {
  it('gives all that one says to the other in one change, with the text as it was', () => {
    const before = told('speaker_1', 'speaker_2', 'speaker_3', 'speaker_2');
    const after = mergeVoices(before, 'speaker_2', 'speaker_1');
    expect(voicesIn(after)).toEqual(['speaker_1', 'speaker_1', 'speaker_3', 'speaker_1']);
    expect(after.speakers).toEqual({ speaker_1: 'Speaker 1', speaker_3: 'Speaker 3' });
    expect(textOf(after)).toBe(textOf(before));
  });

  it('works for somebody who says nothing', () => {
    const before = { ...told('speaker_1'), speakers: { speaker_1: 'Elinor', guest: 'Marianne' } };
    expect(mergeVoices(before, 'guest', 'speaker_1').speakers).toEqual({ speaker_1: 'Elinor' });
  });

  it('works for channels, which speak for themselves', () => {
    const heard = [0, 1, 0].map((channel, index) => ({
      start: index,
      end: index + 1,
      text: 'said',
      channel,
    }));
    const before = documentOf({ segments: heard, speakers: {} });
    const after = mergeVoices(before, 'channel_1', 'channel_0');
    expect(namesIn(after)).toEqual(['Channel 1', 'Channel 1', 'Channel 1']);
    const back = assignVoice(after, keysAt(after, 1), { voice: 'channel_1' });
    expect(editOf(back).segments?.[1]).toEqual({ start: 1, end: 2, text: 'said', channel: 1 });
  });
});

describe('saying who speaks in segments', () => {
  it('takes somebody known, somebody known by their name, or somebody new', () => {
    const before = told('speaker_1', 'speaker_2', '');
    const third = keysAt(before, 2);
    expect(voicesIn(assignVoice(before, third, { voice: 'speaker_2' }))[2]).toBe('speaker_2');
    expect(voicesIn(assignVoice(before, third, { name: 'Speaker 1' }))[2]).toBe('speaker_1');
    const after = assignVoice(before, third, { name: 'Elinor' });
    expect(namesIn(after)).toEqual(['Speaker 1', 'Speaker 2', 'Elinor']);
    expect(textOf(after)).toBe(textOf(before));
  });

  it('forgets whoever says nothing any more by that, and nobody else', () => {
    const before = told('speaker_1', 'speaker_2');
    const withGuest = { ...before, speakers: { ...before.speakers, guest: 'Marianne' } };
    const after = assignVoice(withGuest, keysAt(before, 1), { voice: 'speaker_1' });
    expect(after.speakers).toEqual({ speaker_1: 'Speaker 1', guest: 'Marianne' });
  });

  it('is nothing to take back where it is so already', () => {
    const document = told('speaker_1');
    expect(assignVoice(document, keysAt(document, 0), { voice: 'speaker_1' })).toBe(document);
  });

  it.each([
    ['this', [1]],
    ['run', [1, 2]],
    ['rest', [1, 2, 4]],
  ] as const)('reaches with “%s” the segments %j', (reach, indexes) => {
    const document = told('speaker_2', 'speaker_2', 'speaker_2', 'speaker_1', 'speaker_2', '');
    expect(keysWithin(document, keyAt(document, 1), reach)).toEqual(keysAt(document, ...indexes));
  });

  it('calls somebody new by a number that nobody has', () => {
    expect(newSpeakerName(told('speaker_1', 'speaker_3'))).toBe('Speaker 2');
  });
});

describe('splitting a segment for another speaker', () => {
  it('is one change: the second half is theirs', () => {
    const before = told('speaker_1', 'speaker_2');
    const after = splitForOther(before, keyAt(before, 0), 5, { voice: 'speaker_2' });
    expect(after.segments.map(({ text, speaker }) => [text, speaker])).toEqual([
      ['said', 'speaker_1'],
      ['0', 'speaker_2'],
      ['said 1', 'speaker_2'],
    ]);
  });

  it('does nothing where one half would be empty', () => {
    const document = told('speaker_1');
    expect(splitForOther(document, keyAt(document, 0), 0, { name: 'Elinor' })).toBe(document);
  });
});

it('tells how much everybody says, their share, and what they say longest', () => {
  const document = told('speaker_1', 'speaker_2', 'speaker_1', '');
  const longer: EditedSegment[] = document.segments.map((segment, index) =>
    index === 2 ? { ...segment, end: 4 } : segment,
  );
  expect(speakersOf({ ...document, segments: longer })).toMatchObject([
    { voice: 'speaker_1', seconds: 3, share: 0.75, count: 2, longest: { start: 2 } },
    { voice: 'speaker_2', seconds: 1, share: 0.25, count: 1, longest: { start: 1 } },
  ]);
});

it('lists speakers by the numbers of their keys', () => {
  const names = { speaker_10: 'Ten', speaker_2: 'Two', speaker_1: 'One' };
  expect(speakersOf({ segments: [], speakers: names }).map(({ name }) => name)).toEqual([
    'One',
    'Two',
    'Ten',
  ]);
});

import { expect, test } from '@jest/globals';
import { ANY_SPEAKERS } from './speaker-count';
import { DEFAULT_OPTIONS, orderOf, refusalOf } from './upload-options';

function aFile(name: string, type: string, size = 10): File {
  return new File([new Uint8Array(size)], name, { type });
}

test('what surely is no recording is not sent', () => {
  const page = aFile('README.md', 'text/markdown');
  const letter = aFile(
    'letter.docx',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  );
  expect(refusalOf(page, null)).toBe('“README.md” is neither audio nor video.');
  expect(refusalOf(letter, null)).toContain('neither audio nor video');
});

test.each([
  ['talk.wav', 'audio/wav'],
  ['talk', ''],
  ['talk.ogg', 'application/ogg'],
  ['talk.rm', 'application/vnd.rn-realmedia'],
  ['camera.ts', 'text/typescript'],
])('%s, which a browser calls “%s”, is left to the service to look at', (name, type) => {
  expect(refusalOf(aFile(name, type), null)).toBeNull();
});

test('an empty file and one above the limit say so', () => {
  expect(refusalOf(aFile('talk.wav', 'audio/wav', 0), null)).toContain('is empty');
  expect(refusalOf(aFile('talk.wav', 'audio/wav', 11), 10)).toContain('the limit is 10 bytes');
});

test('saved voices are only looked for where speakers are told apart', () => {
  const { words } = DEFAULT_OPTIONS;
  const speakers = { ...ANY_SPEAKERS, known: 'exactly' } as const;
  expect(orderOf({ knownVoices: true, speakers })).toEqual({ words });
  expect(orderOf({ knownVoices: true, diarize: true, speakers })).toEqual({
    words,
    diarize: true,
    numSpeakers: 2,
    knownVoices: true,
  });
});

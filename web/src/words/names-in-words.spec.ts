import { expect, test } from '@jest/globals';
import { namesInWords } from './names-in-words';

test.each([
  ['', ''],
  ['Ada', 'Ada'],
  ['Ada Ben', 'Ada and Ben'],
  ['Ada Ben Cem Dan', 'Ada, Ben, Cem and Dan'],
  ['Ada Ben Cem Dan Eve', 'Ada, Ben, Cem and 2 more'],
])('of “%s” it is told: “%s”', (names, words) => {
  expect(namesInWords(names.split(' ').filter((name) => name !== ''))).toBe(words);
});

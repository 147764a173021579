import { expect, it } from '@jest/globals';
import { ANY_SPEAKERS, speakerFaults, type SpeakerCount } from './speaker-count';
import { DEFAULT_OPTIONS, orderOf } from './upload-options';

const plain = orderOf(DEFAULT_OPTIONS);
const exactly = (count: string): SpeakerCount => ({ ...ANY_SPEAKERS, known: 'exactly', exactly: count });
const between = (least: string, most: string): SpeakerCount => ({
  ...ANY_SPEAKERS,
  known: 'between',
  least,
  most,
});

it.each([
  ['not at all', ANY_SPEAKERS, {}],
  ['exactly', exactly('3'), { numSpeakers: 3 }],
  ['between two numbers', between('2', '5'), { minSpeakers: 2, maxSpeakers: 5 }],
])('orders speakers to be told apart, with their number known %s', (_, speakers, options) => {
  expect(orderOf({ ...DEFAULT_OPTIONS, diarize: true, speakers })).toEqual({
    ...plain,
    diarize: true,
    ...options,
  });
});

it('says nothing of speakers where they are not to be told apart', () => {
  expect(orderOf({ ...DEFAULT_OPTIONS, speakers: exactly('3') })).toEqual(plain);
});

it('goes on with an upload that was begun before there was a choice', () => {
  expect(orderOf({ model: 'base', words: true })).toEqual({ ...plain, model: 'base' });
});

it.each(['', '0', '21', '2.5', 'two', '-1'])('%j is no number of people', (count) => {
  expect(speakerFaults(exactly(count))).toEqual({ exactly: 'A whole number from 1 to 20.' });
  expect(speakerFaults(between(count, '4'))).toEqual({ least: 'A whole number from 1 to 20.' });
});

it('the most is not less than the least', () => {
  expect(speakerFaults(between('4', '3'))).toEqual({ most: 'Not below “At least”.' });
  expect(speakerFaults(between('4', '4'))).toEqual({});
});

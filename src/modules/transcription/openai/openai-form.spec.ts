import { describe, expect, it } from '@jest/globals';
import { OpenAiForm } from './openai-form.js';

describe('the form of the OpenAI API', () => {
  it.each([[[['of[]', 'word']]], [[['of', 'word']]], [[['of[0]', 'word']]], [[['of', '["word"]']]]] as const)(
    'reads a list from %j',
    (fields) => {
      expect(new OpenAiForm(fields).list('of')).toEqual(['word']);
    },
  );

  it('reads several things of a list, and commas only where there is one field for all', () => {
    expect(new OpenAiForm([['of', 'word, segment']]).list('of')).toEqual(['word', 'segment']);
    expect(
      new OpenAiForm([
        ['of[]', 'Smith, John'],
        ['of[]', 'Ada'],
      ]).list('of'),
    ).toEqual(['Smith, John', 'Ada']);
  });

  it('reads what is numbered in the order of the numbers', () => {
    const form = new OpenAiForm([
      ['of[1]', 'second'],
      ['of[0]', 'first'],
      ['of[10]', 'last'],
    ]);
    expect([form.list('of'), form.whole('of')]).toEqual([
      ['first', 'second', 'last'],
      ['first', 'second', 'last'],
    ]);
  });

  it('reads a list of texts that have commas as they are', () => {
    const url = 'data:audio/wav;base64,UklGRg==';

    expect(new OpenAiForm([['of', url]]).whole('of')).toEqual([url]);
    expect(
      new OpenAiForm([
        ['of[0]', url],
        ['of[]', 'b'],
      ]).whole('of'),
    ).toEqual([url, 'b']);
  });

  it.each([
    [[['vad', '{"type":"server_vad","threshold":0.4}']], { type: 'server_vad', threshold: 0.4 }],
    [
      [
        ['vad[type]', 'server_vad'],
        ['vad[threshold]', '0.4'],
      ],
      { type: 'server_vad', threshold: '0.4' },
    ],
    [[['vad', 'auto']], 'auto'],
    [[['vad', '"auto"']], 'auto'],
    [[], undefined],
  ] as const)('reads an object from %j', (fields, expected) => {
    expect(new OpenAiForm(fields).object('vad')).toEqual(expected);
  });

  it.each([[[['stream', '']]], [[['stream', 'null']]]] as const)('takes %j for nothing', (fields) => {
    const form = new OpenAiForm(fields);

    expect([form.text('stream'), form.has('stream')]).toEqual([undefined, false]);
  });

  it.each([
    ['{"type"', 'is not valid JSON'],
    ['["auto"]', 'must be an object'],
  ])('refuses %s in place of an object', (value, message) => {
    expect(() => new OpenAiForm([['vad', value]]).object('vad')).toThrow(
      expect.objectContaining({ errors: [{ field: 'vad', message }] }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { withHeartbeats, writeEvent } from './event-stream.js';

describe('writeEvent', () => {
  it('writes data on one line, whatever it holds', () => {
    expect(writeEvent({ id: '1-2', event: 'segments', data: { text: 'a\nb\r\n\u2028c' } })).toBe(
      'id: 1-2\nevent: segments\ndata: {"text":"a\\nb\\r\\n\u2028c"}\n\n',
    );
  });

  it('writes no event where there is only a place to go on from', () => {
    expect(writeEvent({ id: '7' })).toBe('id: 7\n\n');
  });
});

describe('withHeartbeats', () => {
  it('fills silence with comments, and passes on every text once', async () => {
    let speak: () => void = () => undefined;
    const spoken = new Promise<void>((resolve) => {
      speak = resolve;
    });
    async function* slow(): AsyncGenerator<string> {
      yield 'first';
      await spoken;
      yield 'second';
    }
    const heard: string[] = [];

    for await (const text of withHeartbeats(slow(), 1)) {
      heard.push(text);
      if (heard.length === 4) speak();
    }
    expect(heard.filter((text) => !text.startsWith(':'))).toEqual(['first', 'second']);
    expect(heard.slice(1, 4).every((text) => text.startsWith(': ') && text.endsWith('\n\n'))).toBe(true);
  });

  it('ends its source when nobody listens any more', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          await Promise.resolve();
          yield 'more';
        }
      } finally {
        ended = true;
      }
    }

    for await (const text of withHeartbeats(endless(), 1000)) if (text === 'more') break;
    expect(ended).toBe(true);
  });
});

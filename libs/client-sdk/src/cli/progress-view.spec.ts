import { describe, expect, it } from '@jest/globals';
import type { TranscriptionProgress } from '../transcriber-client.js';
import { openProgressView } from './progress-view.js';

const uploading = (percent: number): TranscriptionProgress => ({
  phase: 'uploading',
  percent,
  waitingFor: null,
});
const transcribing = (percent: number): TranscriptionProgress => ({
  phase: 'transcribing',
  percent,
  stage: 'transcribing',
  speed: 12.34,
  estimatedEndAt: null,
});

function open(
  isTTY: boolean,
  columns = 200,
): { view: ReturnType<typeof openProgressView>; written: string[] } {
  const written: string[] = [];
  return { view: openProgressView({ isTTY, columns, write: (text) => written.push(text) }), written };
}

describe('the progress on a terminal', () => {
  it('is a bar for each recording, drawn over the last one', () => {
    const { view, written } = open(true);
    view.show('a.wav', uploading(50));
    view.show('b.wav', { phase: 'queued', percent: 0, queuePosition: 3 });
    view.show('a.wav', transcribing(99.9));
    const text = written.join('');

    expect(text).toContain(`${'a.wav'.padEnd(30)} ${'█'.repeat(12)}${'░'.repeat(12)}  50 % uploading\n`);
    expect(text).toContain('0 % queued, 3 before\n');
    expect(text).toContain('99 % transcribing, 12.3×\n');
    expect(text.match(/\u{1B}\[\d+A\u{1B}\[J/gu)).toEqual(['\u{1B}[1A\u{1B}[J', '\u{1B}[2A\u{1B}[J']);
  });

  it('leaves one line of what is done', () => {
    const { view, written } = open(true);
    view.show('a.wav', uploading(50));
    view.end('a.wav', 'done');

    expect(written.slice(-2)).toEqual(['\u{1B}[1A\u{1B}[J', 'a.wav: done\n']);
  });

  it('is never wider than the terminal', () => {
    const { view, written } = open(true, 20);
    view.show('a.wav', uploading(50));

    expect(written.every((line) => line.length <= 20)).toBe(true);
  });

  it('shows names without what would move the cursor', () => {
    const { view, written } = open(true);
    view.show('a\u{1B}[2J\u{202E}.wav', uploading(0));

    expect(written.join('')).not.toMatch(/\u{1B}|\u{202E}/u);
  });
});

describe('the progress anywhere else', () => {
  it('is a line for each step', () => {
    const { view, written } = open(false);
    for (const percent of [0, 10, 24.9, 25, 49, 100]) view.show('a.wav', uploading(percent));
    view.show('a.wav', { phase: 'queued', percent: 0, queuePosition: 1 });
    view.end('a.wav', 'done');

    expect(written).toEqual([
      'a.wav: uploading 0 %\n',
      'a.wav: uploading 25 %\n',
      'a.wav: uploading 100 %\n',
      'a.wav: queued\n',
      'a.wav: done\n',
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ModelView } from '../modules/transcription/models/model.view.js';
import { PullProgress } from './pull-progress.js';

const at = (doneBytes: number, totalBytes: number | null = 1e8): ModelView => ({
  name: 'tiny',
  state: 'downloading',
  multilingual: true,
  aliasOf: null,
  bundled: false,
  sizeBytes: totalBytes,
  memory: null,
  progress: { doneBytes, totalBytes },
  repository: 'a/b',
  revision: null,
  commit: null,
  pulledAt: null,
  error: null,
  reason: null,
});

function shown(isTTY: boolean, ...steps: ModelView[]): string[] {
  const written: string[] = [];
  const progress = new PullProgress('tiny', { isTTY, write: (text) => written.push(text) });
  for (const step of steps) progress.show(step);
  progress.end();
  return written;
}

describe('PullProgress', () => {
  it('writes a line every ten percent where nobody watches', () => {
    const percents = [0, 3, 9, 10, 11, 37, 39, 40, 100].map((percent) => at(percent * 1e6));

    expect(shown(false, at(0, null), ...percents)).toEqual([
      'tiny  0 %  0.0 of 100.0 MB\n',
      'tiny  10 %  10.0 of 100.0 MB\n',
      'tiny  37 %  37.0 of 100.0 MB\n',
      'tiny  40 %  40.0 of 100.0 MB\n',
      'tiny  100 %  100.0 of 100.0 MB\n',
    ]);
  });

  it('moves a bar on a terminal, and clears it at the end', () => {
    expect(shown(true, at(5e7))).toEqual([
      `\r\u001b[Ktiny [${'#'.repeat(15)}${'-'.repeat(15)}] 50 %  50.0 of 100.0 MB`,
      '\r\u001b[K',
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ModelView } from '../modules/transcription/models/model.view.js';
import { renderModelTable } from './model-table.js';

const AVAILABLE: ModelView = {
  name: 'tiny',
  state: 'available',
  multilingual: true,
  aliasOf: null,
  bundled: false,
  sizeBytes: null,
  memory: null,
  progress: null,
  repository: 'a/b',
  revision: null,
  commit: null,
  pulledAt: null,
  error: null,
  reason: null,
};

const remark = (change: Partial<ModelView>): string =>
  (renderModelTable([{ ...AVAILABLE, ...change }]).split('\n')[1] ?? '').replace(/ {2,}/g, ' | ');

describe('renderModelTable', () => {
  it.each<[Partial<ModelView>, string]>([
    [{}, 'tiny | available'],
    [{ name: 'base', state: 'ready', bundled: true, sizeBytes: 77e6 }, 'base | ready | 77.0 MB | bundled'],
    [{ state: 'ready', sizeBytes: 1e6 }, 'tiny | ready | 1.0 MB | copied by hand'],
    [
      { state: 'ready', sizeBytes: 1e6, revision: 'main', commit: '0123456789abcdef' },
      'tiny | ready | 1.0 MB | main at 01234567',
    ],
    [
      {
        state: 'ready',
        sizeBytes: 1e9,
        memory: { fits: false, neededBytes: 3.2e9, allowedBytes: 1.6e9 },
      },
      'tiny | ready | 1000.0 MB | does not fit: needs 3200.0 MB of memory, may use 1600.0',
    ],
    [{ name: 'large', aliasOf: 'large-v3' }, 'large | available | the same as large-v3'],
    [
      { reason: 'The model has no config.json.' },
      'tiny | available | the folder is no model: The model has no config.json.',
    ],
    [
      { state: 'downloading', sizeBytes: 4e6, progress: { doneBytes: 1e6, totalBytes: 4e6 } },
      'tiny | downloading | 4.0 MB | 1.0 MB are here',
    ],
    [{ state: 'failed', error: { code: 'hub_refused', detail: 'No.' } }, 'tiny | failed | hub_refused: No.'],
  ])('tells of %j', (change, line) => {
    expect(remark(change)).toBe(line);
  });
});

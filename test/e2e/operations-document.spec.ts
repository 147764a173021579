/** The commands of docs/operations.md and of the documents that it leads to, in their order, against one service. */
import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DocumentedService } from '../support/documented-service.js';
import { documentedBlocks, OPERATIONS, runBlocks } from '../support/operations-document.js';

jest.setTimeout(180_000);

const ROOT = path.resolve(import.meta.dirname, '../..');

let service: DocumentedService;
const outputs: { readonly document: string; readonly output: string }[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'operations-'));
  for (const name of ['scripts', 'docs', 'models', 'node_modules'])
    await symlink(path.join(ROOT, name), path.join(folder, name));
  await cp(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  service = await DocumentedService.in(folder, { ADMIN_METRICS_TOKEN: 'for-the-figures-of-uploads' });
});

afterAll(async () => {
  await service.close();
});

const outputOf = (document: string): string =>
  outputs.flatMap((one) => (one.document === document ? [one.output] : [])).join('\n');

describe('a command of the documents for operations', () => {
  it.each(runBlocks.map((block, n) => [n + 1, block.heading, block] as const))(
    'does what it is there for: %d, of "%s"',
    async (_number, _heading, { document, code }) => {
      // Nothing was wrong so far that could be found in the log.
      const script = code.includes('(error|fatal)') ? `{ ${code.trim()}; } || test $? = 1` : code;
      // docs/operations.md says itself where the settings come from.
      const settings = document === OPERATIONS ? {} : await service.settings();
      outputs.push({ document, output: await service.run(script, settings) });
    },
  );
});

describe('what they print', () => {
  it('is what docs/operations.md promises: readiness, a backup that is sound, a restore', () => {
    for (const seen of ['"status":"ok"', 'whisper_ready{', ' is sound', 'Restored.'])
      expect(outputOf(OPERATIONS)).toContain(seen);
  });

  it('is what docs/backup.md promises: a backup, found sound, in another place', () => {
    for (const seen of [' is written.', ' is sound: ', 'Restored.'])
      expect(outputOf('docs/backup.md')).toContain(seen);
  });

  it('is what docs/logs.md promises: all that was done for a request, by the worker too', () => {
    expect(outputOf('docs/logs.md')).toContain('"message":"Job started"');
  });

  it('is what docs/metrics.md shows: figures of these names', () => {
    const shown = documentedBlocks.find(({ language }) => language === 'json')?.code ?? '';

    expect(Object.keys(JSON.parse(outputOf('docs/metrics.md')) as object)).toEqual(
      Object.keys(JSON.parse(shown) as object),
    );
  });
});

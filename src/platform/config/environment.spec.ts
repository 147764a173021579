import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readEnvironment } from './environment.js';

describe('readEnvironment', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'environment-'));
    file = join(folder, '.env');
  });

  afterEach(async () => {
    delete process.env['PORT'];
    await rm(folder, { recursive: true });
  });

  it('adds what the file sets', async () => {
    await writeFile(file, 'MAX_UPLOAD_MB=7\n# a comment\nSECRET_KEY=\n');

    expect(readEnvironment(file)['MAX_UPLOAD_MB']).toBe('7');
  });

  it('lets a variable of the process win over the file', async () => {
    await writeFile(file, 'PORT=1234\n');
    process.env['PORT'] = '4321';

    expect(readEnvironment(file)['PORT']).toBe('4321');
  });

  it('names variables of the file that do not exist', async () => {
    await writeFile(file, 'MAX_UPLOAD_MBB=7\nPROT=1\n');

    expect(() => readEnvironment(file)).toThrow(/MAX_UPLOAD_MBB, PROT/);
  });

  it('takes a file that was made for Compose, with all that docker-compose.yml asks for', async () => {
    const compose = await readFile(join(import.meta.dirname, '../../../docker-compose.yml'), 'utf8');
    const asked = [...compose.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name ?? '');
    await writeFile(file, asked.map((name) => `${name}=of-compose\n`).join(''));

    expect(asked).toContain('POSTGRES_PASSWORD');
    expect(readEnvironment(file)['SECRET_KEY']).toBe('of-compose');
  });

  it('does not let the file switch to production, where it is not read', async () => {
    await writeFile(file, 'NODE_ENV=production\n');

    expect(() => readEnvironment(file)).toThrow(/cannot switch to production/);
  });

  it('does without a file', () => {
    expect(readEnvironment(join(folder, 'missing'))).toBe(process.env);
  });
});

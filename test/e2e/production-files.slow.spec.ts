import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { becomeAdministrator, bearer, BOOTSTRAP_PASSWORD } from '../support/accounts.js';
import { jsonOf, transcribe } from '../support/api-client.js';
import { findFreePort } from '../support/free-port.js';
import { ImageProcess } from '../support/image-room.js';
import { PRODUCTION, WITHOUT_REDIS } from '../support/production.js';
import { ProductionTree } from '../support/production-tree.js';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** Of the files of the image; without its system and its Node. */
const MOST_MB = 510;

onLinux('the files of the image', () => {
  let tree: ProductionTree;
  let image: ImageProcess | undefined;

  beforeAll(() => {
    tree = new ProductionTree();
  }, 300_000);

  afterEach(async () => {
    await image?.stop();
    image = undefined;
  });

  afterAll(() => {
    tree.remove();
  });

  const files = (): string[] => readdirSync(tree.folder, { recursive: true, encoding: 'utf8' });
  const start = async (env: Readonly<Record<string, string>> = {}): Promise<[ImageProcess, number]> => {
    const port = await findFreePort();
    const settings = {
      ...PRODUCTION,
      ...WITHOUT_REDIS,
      DATABASE_URL: 'embedded',
      PORT: String(port),
      ...env,
    };
    image = new ImageProcess({
      tree: tree.folder,
      env: { ...settings, ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD },
    });
    return [image, port];
  };

  it('transcribe as a user without rights, from a root folder that cannot be written, and end with 0 on SIGTERM', async () => {
    const [running] = await start();
    const url = await running.url();
    const { access_token } = await becomeAdministrator(url);
    const job = await transcribe(url, {
      file: 'docs/samples/sense-and-sensibility.wav',
      headers: bearer(access_token),
    });

    expect(job).toMatchObject({ status: 'completed', model: 'base' });
    expect(job.transcript).toMatch(/Dashwood/);
    expect(await jsonOf(await fetch(`${url}/version`))).toMatchObject({
      build_version: 'v9.8.7',
      build_sha: '0123abc',
      build_date: '2026-01-02T03:04:05Z',
    });
    expect(await (await fetch(`${url}/`)).text()).toContain('<html');
    expect(statusOf(running.pid)).toMatchObject({ Name: 'tini', NSpid: expect.stringMatching(/\t1$/) });
    expect(await running.stop()).toBe(0);
  }, 180_000);

  it('back up, restore and scrub what a container keeps, by the arguments of the image', async () => {
    const volume = mkdtempSync(path.join(tmpdir(), 'image-volume-'));
    const env = {
      ...PRODUCTION,
      ...WITHOUT_REDIS,
      DATABASE_URL: 'embedded',
      PORT: String(await findFreePort()),
    };
    const run = async (...args: string[]): Promise<[number | null, string]> => {
      image = new ImageProcess({ tree: tree.folder, env, args, volume });
      const code = await image.end();
      return [code, image.stdout + image.stderr];
    };
    image = new ImageProcess({ tree: tree.folder, env, volume });
    await image.url();
    expect(await image.stop()).toBe(0);

    expect(await run('backup', '--out', '/app/data/backup.zip', '--verify')).toEqual([
      0,
      expect.stringContaining('/app/data/backup.zip is sound'),
    ]);
    expect(await run('restore', '--from', '/app/data/backup.zip', '--into', '/app/data/restored')).toEqual([
      0,
      expect.stringContaining('Restored.'),
    ]);
    expect((await run('scrub'))[0]).toBe(0);
    rmSync(volume, { recursive: true });
  }, 180_000);

  it('have no compiler, no npm, no Node, no sources, no maps, no secrets and nothing of another system', () => {
    const names = files();

    expect(names.filter((name) => /[.](ts|map)$|(^|\/)[.]env/.test(name))).toEqual([]);
    expect(
      names.filter((name) => /^node_modules\/(npm|typescript|jest|eslint|vite|node-linux-\w+)$/.test(name)),
    ).toEqual([]);
    expect(names.filter((name) => /(win32|darwin).*[.](node|dll|dylib|so)$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(src|test|docs|\.git)(\/|$)/.test(name))).toEqual([]);
  });

  it('keep the licences of what they contain', () => {
    const names = files();

    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'node_modules/express/LICENSE']));
    expect(names.filter((name) => /^models\/.*LICENSE/.test(name)).length).toBeGreaterThan(0);
  });

  it('are few enough', () => {
    const bytes = files().map((name) => lstatSync(path.join(tree.folder, name)));
    const total = bytes.filter((stat) => stat.isFile()).reduce((sum, { size }) => sum + size, 0);

    expect(total / 1e6).toBeLessThan(MOST_MB);
  });
});

function statusOf(pid: number): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openOnServer } from '../support/databases.js';
import { findFreePort } from '../support/free-port.js';
import { ShellScript } from '../support/shell-script.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const check = (env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> =>
  new ShellScript('healthcheck.sh', [], env).end();

/** Runs the check below a first process of these arguments, as in a container. */
function asFirstProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { status: number | null; output: string } {
  const script = path.resolve(import.meta.dirname, '../../scripts/healthcheck.sh');
  const inside = ['sh', '-c', `${script}; exit $?`, ...args];
  const namespaces = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];
  const { status, stdout, stderr } = spawnSync('unshare', [...namespaces, ...inside], {
    encoding: 'utf8',
    env,
  });
  return { status, output: stdout + stderr };
}

describe('scripts/healthcheck.sh', () => {
  const cleanups: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function startBehindProxy(program: 'service' | 'worker'): Promise<[RunningService, TcpProxy]> {
    const database = await openOnServer();
    cleanups.push(() => database.close());
    const { proxy, url } = await TcpProxy.before(database.url);
    cleanups.push(() => proxy.cut());
    const service = await startService({ program, env: { DATABASE_URL: url } });
    cleanups.push(() => service.stop());
    return [service, proxy];
  }

  it.each([
    ['service', 'app', 'PORT'],
    ['worker', 'worker', 'WORKER_PORT'],
  ] as const)(
    'finds a %s well, ill while its database is away, and well again afterwards',
    async (program, SERVICE_TYPE, port) => {
      const [service, proxy] = await startBehindProxy(program);
      const env = { SERVICE_TYPE, [port]: new URL(service.url).port };

      expect(await check(env)).toEqual({ code: 0, output: 'well\n' });
      await proxy.cut();
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).status === 503);
      expect(await check(env)).toEqual({ code: 1, output: '/readyz answers 503\n' });
      await proxy.open();
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).status === 200);
      expect(await check(env)).toEqual({ code: 0, output: 'well\n' });
    },
    120_000,
  );

  it('finds nothing well where nothing listens', async () => {
    const PORT = String(await findFreePort());

    expect(await check({ PORT })).toEqual({ code: 1, output: '/ does not answer\n' });
  });

  it.each([
    ['worker', {}, '/livez does not answer\n'],
    ['worker', { SERVICE_TYPE: 'app' }, '/livez does not answer\n'],
    ['app', { SERVICE_TYPE: 'worker' }, '/ does not answer\n'],
    ['models', { SERVICE_TYPE: 'worker' }, '/livez does not answer\n'],
  ])('asks what the entrypoint was told to start: %s with %j', async (argument, type, output) => {
    const port = String(await findFreePort());
    const env = { PATH: process.env['PATH'], PORT: port, WORKER_PORT: port, ...type };

    expect(asFirstProcess(['/app/scripts/docker-entrypoint.sh', argument], env)).toEqual({
      status: 1,
      output,
    });
  });

  it('is not content with a page where JSON is due', async () => {
    const server = createServer((_request, response) => {
      response.end('<html>everything is fine</html>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(async () => {
      server.close();
      await once(server, 'close');
    });
    const PORT = String((server.address() as AddressInfo).port);

    expect(await check({ PORT })).toEqual({ code: 1, output: '/livez is no JSON\n' });
  });
});

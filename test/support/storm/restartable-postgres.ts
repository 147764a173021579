import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { TcpProxy } from '../tcp-proxy.js';

/** A PostgreSQL server that can be ended and started again, and is always found at the same address. */
export class RestartablePostgres {
  private constructor(
    readonly url: string,
    private server: EmbeddedPostgres,
    private readonly dataDir: string,
    private readonly target: { host: string; port: number },
    private readonly proxy: TcpProxy,
  ) {}

  static async open(): Promise<RestartablePostgres> {
    const dataDir = await mkdtemp(join(tmpdir(), 'storm-database-'));
    const server = await EmbeddedPostgres.start({ dataDir });
    const address = new URL(server.url);
    const target = { host: address.hostname, port: Number(address.port) };
    const proxy = new TcpProxy(target);
    await proxy.open();
    address.port = String(proxy.port);
    return new RestartablePostgres(address.href, server, dataDir, target, proxy);
  }

  async restart(): Promise<void> {
    await this.server.stop();
    this.server = await EmbeddedPostgres.start({ dataDir: this.dataDir });
    this.target.port = Number(new URL(this.server.url).port);
  }

  async close(): Promise<void> {
    await this.proxy.cut();
    await this.server.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

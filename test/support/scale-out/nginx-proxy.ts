import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childrenOf, commandOf } from '../engine-process.js';
import { findFreePort } from '../free-port.js';
import { waitFor } from '../wait-for.js';
import { ingressSettings } from './ingress-settings.js';

const ATTEMPTS = 5;
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** nginx with the settings of the chart, before processes that come and go as the endpoints of a Kubernetes service do. */
export class NginxProxy {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly server: ChildProcess,
  ) {}

  /** @param targets addresses of the processes that requests go to */
  static async open(targets: readonly string[]): Promise<NginxProxy> {
    const program = process.env['NGINX_PATH'];
    if (program === undefined) throw new Error('NGINX_PATH must name nginx; npm test installs it');
    const folder = await mkdtemp(path.join(tmpdir(), 'nginx-'));
    for (let attempt = 1; ; attempt += 1) {
      const port = await findFreePort();
      await writeFile(path.join(folder, 'nginx.conf'), configuration(port, targets));
      const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log', '-g', 'daemon off;'];
      const proxy = new NginxProxy(folder, port, spawn(program, args, { stdio: 'ignore' }));
      if (await proxy.started()) return proxy;
      // Somebody else may have taken the port in the meantime.
      if (attempt === ATTEMPTS) throw new Error(`nginx did not start:\n${await proxy.log()}`);
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it complained about. */
  log(): Promise<string> {
    return readFile(path.join(this.folder, 'error.log'), 'utf8');
  }

  /** Resolves when no new request goes elsewhere. */
  async point(targets: readonly string[]): Promise<void> {
    const before = this.serving();
    await writeFile(path.join(this.folder, 'nginx.conf'), configuration(this.port, targets));
    this.server.kill('SIGHUP');
    const isTaken = (): boolean => {
      const now = this.serving();
      return now.length === 1 && now[0] !== before[0];
    };
    await waitFor(isTaken, { what: 'nginx to take its new configuration' });
  }

  async close(): Promise<void> {
    if (this.server.exitCode === null) {
      const exited = once(this.server, 'exit');
      this.server.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async started(): Promise<boolean> {
    const hasEnded = (): boolean => this.server.exitCode !== null;
    await waitFor(() => hasEnded() || this.serving().length === 1, { what: 'nginx' });
    return !hasEnded();
  }

  /** Those of its processes that take new connections. */
  private serving(): number[] {
    const children = childrenOf(this.server.pid ?? 0);
    return children.filter((pid) => commandOf(pid).replaceAll('\0', ' ').trim() === 'nginx: worker process');
  }
}

function configuration(port: number, targets: readonly string[]): string {
  return `
    ${process.getuid?.() === 0 ? 'user root root;' : ''}
    worker_processes 1;
    pid nginx.pid;
    error_log error.log warn;
    events {}
    http {
      access_log off;
      ${TEMPORARY.map((name) => `${name}_temp_path ${name};`).join('\n      ')}
      upstream api {
        # As the controller of the ingress has it: what is away is known by its endpoints only.
        ${targets.map((url) => `server ${new URL(url).host} max_fails=0;`).join('\n        ')}
        keepalive 32;
      }
      server {
        listen 127.0.0.1:${port};
        # Endpoints change here by a new configuration, with which nginx closes connections that clients keep: so none are kept.
        keepalive_timeout 0;
        ${ingressSettings().join('\n        ')}
        location / {
          proxy_pass http://api;
          proxy_set_header Host $http_host;
          proxy_set_header Connection '';
          proxy_set_header X-Forwarded-For $remote_addr;
          proxy_set_header X-Forwarded-Proto $scheme;
          # What was not sent yet, or may be sent twice, goes to another one.
          proxy_next_upstream error timeout;
          proxy_next_upstream_tries 3;
        }
      }
    }
  `;
}

import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of an HTTP server and holds requests with bodies back until it is told otherwise. */
export class SlowServer {
  mostHeld = 0;
  private readonly waiting: (() => void)[] = [];
  private isSlow = true;
  private readonly server: Server;

  private constructor(private readonly port: number) {
    this.server = createServer((incoming, response) => {
      this.take(incoming, response);
    });
  }

  static async before(port: number): Promise<SlowServer> {
    const slow = new SlowServer(port);
    slow.server.listen(0, '127.0.0.1');
    await once(slow.server, 'listening');
    return slow;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many requests wait. */
  get held(): number {
    return this.waiting.length;
  }

  letPass(): void {
    this.waiting.shift()?.();
  }

  /** Holds nothing back from now on. */
  goOn(): void {
    this.isSlow = false;
    while (this.waiting.length > 0) this.letPass();
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private take(incoming: IncomingMessage, response: ServerResponse): void {
    const pass = (): void => {
      this.forward(incoming, response);
    };
    if (!this.isSlow || incoming.method !== 'PUT') {
      pass();
      return;
    }
    this.waiting.push(pass);
    this.mostHeld = Math.max(this.mostHeld, this.held);
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host: '127.0.0.1', port: this.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    incoming.pipe(forwarded);
  }
}

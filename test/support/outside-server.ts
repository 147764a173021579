import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';

const TLS = path.resolve(import.meta.dirname, '../fixtures/tls');
export const CERTIFICATE = readFileSync(path.join(TLS, 'certificate.pem'), 'utf8');

/** Those of one test, to be closed together. */
export class OutsideServers {
  private readonly opened: OutsideServer[] = [];

  async add(opening: Promise<OutsideServer>): Promise<OutsideServer> {
    const server = await opening;
    this.opened.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((server) => server.close()));
  }
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that is not ours, on this machine. */
export class OutsideServer {
  readonly requests: IncomingMessage[] = [];
  /** Connections that were made so far, and those that are open. */
  connections = 0;
  readonly open = new Set<Socket>();

  private port = 0;

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
  ) {
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.open.delete(socket));
    });
  }

  static async http(answer: Answer): Promise<OutsideServer> {
    return new OutsideServer(createHttpServer(), 'http').answerWith(answer).listen();
  }

  /** With a certificate for recordings.test that nobody has signed. */
  static async https(answer: Answer): Promise<OutsideServer> {
    const server = createHttpsServer({ cert: CERTIFICATE, key: readFileSync(path.join(TLS, 'key.pem')) });
    return new OutsideServer(server, 'https').answerWith(answer).listen();
  }

  /** Says what it likes on a connection, once something has come. */
  static async tcp(
    talk: (socket: Socket) => void,
    scheme: 'http' | 'https' = 'http',
  ): Promise<OutsideServer> {
    const server = createTcpServer((socket) => {
      socket.once('data', () => {
        talk(socket);
      });
    });
    return new OutsideServer(server, scheme).listen();
  }

  url(pathname = '/', host = 'recordings.test'): string {
    return `${this.scheme}://${host}:${this.port}${pathname}`;
  }

  /** Also makes its address one where nobody listens. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const socket of this.open) socket.destroy();
    await once(this.server, 'close');
  }

  private answerWith(answer: Answer): this {
    this.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push(request);
      answer(request, response);
    });
    return this;
  }

  private async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }
}

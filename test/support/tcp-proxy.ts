import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between the service and a server that it needs, so that the way to it can be cut and mended. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private server: Server | undefined;
  private stalled = false;
  port = 0;
  /** How much the server has sent so far. */
  receivedBytes = 0;

  /** With `idleMs` it closes connections on which nothing passes for so long, as those before a service do. */
  constructor(private readonly target: { host: string; port: number; idleMs?: number }) {}

  /** An open one before a database, and the address of that by way of it. */
  static async before(databaseUrl: string): Promise<{ proxy: TcpProxy; url: string }> {
    const address = new URL(databaseUrl);
    const proxy = new TcpProxy({ host: address.hostname, port: Number(address.port) });
    await proxy.open();
    address.port = String(proxy.port);
    return { proxy, url: address.href };
  }

  async open(): Promise<void> {
    this.server = createServer((incoming) => {
      this.forward(incoming);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Breaks all connections and refuses new ones. */
  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.stalled = false;
    server?.close();
    for (const socket of this.sockets) socket.destroy();
    if (server?.listening === true) await once(server, 'close');
  }

  /** Lets everybody wait: connections stay, but nothing passes any more. */
  stall(): void {
    this.stalled = true;
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** Lets through what has waited, and what comes. */
  resume(): void {
    this.stalled = false;
    for (const [incoming, outgoing] of this.pairs) incoming.pipe(outgoing).pipe(incoming);
  }

  private forward(incoming: Socket): void {
    const outgoing = connect(this.target.port, this.target.host);
    const pair = [incoming, outgoing] as const;
    this.pairs.add(pair);
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.setTimeout(this.target.idleMs ?? 0, () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.pairs.delete(pair);
        other.destroy();
      });
    }
    if (this.stalled) return;
    outgoing.on('data', ({ length }: Buffer) => (this.receivedBytes += length));
    incoming.pipe(outgoing).pipe(incoming);
  }
}

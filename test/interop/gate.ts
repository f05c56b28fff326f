import { connect, createServer, type Server, type Socket } from 'node:net';

/** A door before a server's port that can be shut: what the link between two servers is when it is cut. */
export class Gate {
  readonly #sockets = new Set<Socket>();
  #isShut = false;

  private constructor(private readonly server: Server) {}

  static async open(address: string, port: number, onward: () => number): Promise<Gate> {
    const server = createServer();
    const gate = new Gate(server);
    server.on('connection', (socket) => gate.#pass(socket, onward()));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, address, resolve);
    });
    return gate;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  reopen(): void {
    this.#isShut = false;
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #pass(socket: Socket, port: number): void {
    if (this.#isShut) return void socket.destroy();
    const onward = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(one);
      one
        .on('error', () => other.destroy())
        .once('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
    }
    socket.pipe(onward).pipe(socket);
  }
}

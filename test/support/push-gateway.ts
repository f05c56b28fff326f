import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a gateway was told. */
export interface ReceivedNotification {
  readonly path: string;
  readonly notification: any;
  /** of its first device */
  readonly pushkey: string;
}

/** What the gateway does with a notification: the answer's status and body, or nothing at all. */
export type GatewayAnswer = { readonly status: number; readonly body: string } | 'none';

const FINE: GatewayAnswer = { status: 200, body: '{"rejected":[]}' };

/** A real push gateway on loopback that keeps what it gets: `await using gateway = await startPushGateway();` */
export async function startPushGateway(): Promise<PushGateway> {
  const gateway = new PushGateway();
  await gateway.listen();
  return gateway;
}

export class PushGateway {
  readonly received: ReceivedNotification[] = [];
  /** decides the answer to each notification */
  answer: (received: ReceivedNotification) => GatewayAnswer | Promise<GatewayAnswer> = () => FINE;
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  /** where pushers send to */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/_matrix/push/v1/notify`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Resolves with the first notification for a pushkey that is the wanted one, there already or still to come. */
  async until(
    pushkey: string,
    isWanted: (notification: any) => boolean = (one) => one.event_id !== undefined,
  ): Promise<any> {
    for (;;) {
      const found = this.of(pushkey).find(isWanted);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** All that came for a pushkey, in order. */
  of(pushkey: string): any[] {
    return this.received.filter((one) => one.pushkey === pushkey).map(({ notification }) => notification);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { notification } = JSON.parse(text);
    const received = { path: request.url ?? '', notification, pushkey: notification.devices[0].pushkey };
    this.received.push(received);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    const answer = await this.answer(received);
    if (answer === 'none') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { Agent, type Dispatcher, request } from 'undici';
import { TestAuthority } from '../support/authority.js';
import { bytesOf } from '../support/federation-link.js';

/** A door before a server's port that reads what passes, and can let some of it wait. */
export class Door {
  /** paths that were asked for, with their queries */
  readonly asked: string[] = [];
  readonly #agent = new Agent({ allowH2: false, connect: { rejectUnauthorized: false }, headersTimeout: 0 });
  readonly #server: Server;
  #held: { readonly what: RegExp; readonly until: Promise<void>; readonly arrived: () => void } | undefined;

  constructor(private readonly onward: () => number) {
    const { certificate, privateKey } = new TestAuthority().issue(['localhost']);
    this.#server = createServer({ cert: certificate, key: privateKey }, (message, response) => {
      this.#pass(message, response).catch(() => response.destroy());
    });
  }

  open(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }

  /** Lets requests wait whose path matches, until they are released; `reached` resolves with the first of them. */
  hold(what: RegExp): { readonly reached: Promise<void>; release(): void } {
    const [until, arrived] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#held = { what, until: until.promise, arrived: arrived.resolve };
    return { reached: arrived.promise, release: until.resolve };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #pass(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = message;
    const body = await bytesOf(message);
    this.asked.push(url);
    if (this.#held?.what.test(url)) {
      this.#held.arrived();
      await this.#held.until;
    }
    const { connection: _c, 'transfer-encoding': _t, 'content-length': _l, ...headers } = message.headers;
    const reply = await request(`https://127.0.0.1:${this.onward()}${url}`, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.#agent,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: body.length > 0 ? body : null,
    });
    const told = Buffer.from(await reply.body.arrayBuffer());
    const { 'transfer-encoding': _te, connection: _co, ...more } = reply.headers;
    response.writeHead(reply.statusCode, { ...more, 'content-length': String(told.length) }).end(told);
  }
}

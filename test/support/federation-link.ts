import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import type { CertificateTexts } from '../../src-main/tls/write-certificate.js';
import { checkExchange, operationNameOf } from './federation-check.js';

/** What went over a link. */
export interface LinkExchange {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  /** path and query */
  readonly uri: string;
  /** `server-server/transactions.yaml#sendTransaction` */
  readonly operation: string | undefined;
  /** parsed JSON, or undefined */
  readonly requestBody: any;
  readonly status: number;
  readonly body: any;
}

export interface LinkOptions {
  readonly from: string;
  readonly to: string;
  /** the port of the server that it leads to, which changes when it starts again */
  readonly port: () => number;
  /** for the server's name, and who vouches for it; undefined: bytes are passed on unread */
  readonly tls: (CertificateTexts & { readonly authority: string }) | undefined;
  readonly onExchange: (exchange: LinkExchange) => void;
  readonly onViolation: (error: Error) => void;
}

/** The way from one server to another: can be cut and healed, and reads along unless told not to. */
export class FederationLink {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #agent: Agent | undefined;
  #isCut = false;

  private constructor(private readonly options: LinkOptions) {
    const { tls, to } = options;
    this.#agent =
      tls &&
      new Agent({ allowH2: false, connect: { ca: tls.authority, servername: to }, bodyTimeout: 0, headersTimeout: 0 });
    this.#server = tls ? this.#reading(tls) : createTcpServer((socket) => this.#pass(socket));
    this.#server.on('connection', (socket: Socket) => this.#take(socket));
  }

  static async open(options: LinkOptions): Promise<FederationLink> {
    const link = new FederationLink(options);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing passes. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await this.#agent?.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(socket: Socket): void {
    if (this.#isCut) return void socket.destroy();
    this.#sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
  }

  #pass(socket: Socket): void {
    const onward = connect(this.options.port(), '127.0.0.1');
    onward.on('error', () => socket.destroy()).once('close', () => socket.destroy());
    socket.once('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  }

  #reading({ certificate, privateKey }: CertificateTexts): Server {
    const answer: RequestListener = (message, response) => {
      this.#forward(message, response).catch(() => response.destroy());
    };
    return createTlsServer({ cert: certificate, key: privateKey, maxHeaderSize: 128 * 1024 }, answer);
  }

  async #forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { from, to, port } = this.options;
    const asked = await bytesOf(message);
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the asking server is gone')));
    const { method = 'GET', url: uri = '/' } = message;
    const reply = await request(`https://127.0.0.1:${port()}${uri}`, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.#agent as Agent,
      headers: headersOf(message),
      body: asked.length > 0 ? asked : null,
      signal: gone.signal,
    });
    const told = Buffer.from(await reply.body.arrayBuffer());
    const contentType = String(reply.headers['content-type'] ?? '');
    const exchange = {
      from,
      to,
      method,
      uri,
      operation: operationNameOf({ method, url: uri }),
      requestBody: jsonOf(asked),
      status: reply.statusCode,
      body: contentType.startsWith('application/json') ? jsonOf(told) : told.toString(),
    };
    this.#check(exchange, contentType);
    this.options.onExchange(exchange);
    const { 'transfer-encoding': _encoding, connection: _connection, ...headers } = reply.headers;
    response.writeHead(reply.statusCode, { ...headers, 'content-length': String(told.length) }).end(told);
  }

  #check(exchange: LinkExchange, contentType: string): void {
    try {
      checkExchange({ ...exchange, url: exchange.uri, contentType });
    } catch (error) {
      this.options.onViolation(new Error(`${exchange.from} to ${exchange.to}: ${(error as Error).message}`));
    }
  }
}

/** As they came, but for those of the connection. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const { connection: _connection, 'transfer-encoding': _encoding, 'content-length': _length, ...others } = headers;
  return Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
}

/** All of a request's body. */
export async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Parsed JSON, or undefined. */
export function jsonOf(bytes: Buffer): any {
  try {
    return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

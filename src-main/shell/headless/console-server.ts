import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { ControlCode, ControlResult } from '../../control/contract.js';
import type { Control } from '../../control/procedure.js';
import { protectiveHeaders, readPageFile } from '../../http/page-files.js';

import { ConsoleSessions } from './console-session.js';

export interface ConsoleServerOptions {
  readonly control: Control;
  /** the built console */
  readonly pages: string;
  /** 0 lets the system choose; a port that is taken does too */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** called with each new one-time link, the first before this resolves */
  onLink(link: string): void;
}

export interface ConsoleServer {
  readonly port: number;
  /** `http://127.0.0.1:8090/` */
  readonly address: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const MOST_BODY = 256 * 1024;
const MOST_STREAMS = 32;
const HEARTBEAT = 25_000;
/** Bytes that a browser may leave unread. */
const MOST_UNREAD = 64 * 1024;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
const OWN_HOSTS = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

/**
 * The console for browsers, on a loopback listener of its own: pages, `POST /control/<procedure>` and the events as
 * `GET /control/events`. Pages are for everybody on this computer, everything else needs the session that the one-time
 * link opens. A Host that is not this computer's is refused, so that no web page can reach it by a name of its own.
 */
export async function openConsole(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 });
  await listenOn(server, options.port);
  const { port } = server.address() as AddressInfo;
  const address = `http://${HOST}:${port}/`;
  const sessions = new ConsoleSessions(options.clock, (key) => options.onLink(`${address}#key=${key}`));
  const streams = new Set<ServerResponse>();
  const desk = new Desk(options, sessions, streams, `hearth-console-${port}`);
  server.on('request', (request, response) => void desk.answer(request, response));
  return {
    port,
    address,
    async close() {
      for (const stream of streams) stream.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Listens on `port`, or on one that the system chooses when it is taken. */
async function listenOn(server: Server, port: number): Promise<void> {
  const attempt = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, HOST, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt(port);
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await attempt(0);
  }
}

/** Answers one request after another. */
class Desk {
  constructor(
    private readonly options: ConsoleServerOptions,
    private readonly sessions: ConsoleSessions,
    private readonly streams: Set<ServerResponse>,
    private readonly cookieName: string,
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch (error) {
      this.options.log.error('the console could not answer', { error });
      if (!response.headersSent) refuse(response, 500, 'FAILED', 'the console could not answer');
      else response.destroy();
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(protectiveHeaders("'self'"))) response.setHeader(name, value);
    if (!OWN_HOSTS.test(request.headers.host ?? ''))
      return refuse(response, 421, 'FORBIDDEN', 'not a name of this console');
    const { pathname } = new URL(request.url ?? '/', 'http://console');
    if (request.method === 'GET' || request.method === 'HEAD') {
      return pathname === '/control/events' ? this.stream(request, response) : this.page(pathname, response);
    }
    if (request.method !== 'POST') return refuse(response, 405, 'NO_SUCH_PROCEDURE', 'only GET and POST');
    if (!isFromOwnPage(request)) return refuse(response, 403, 'FORBIDDEN', 'not asked by a page of this console');
    if (pathname === '/session') return this.openSession(request, response);
    if (pathname === '/session/end') return this.endSession(request, response);
    if (pathname.startsWith('/control/')) return this.call(pathname.slice('/control/'.length), request, response);
    return refuse(response, 404, 'NO_SUCH_PROCEDURE', 'nothing is here');
  }

  private async page(pathname: string, response: ServerResponse): Promise<void> {
    const page = await readPageFile(this.options.pages, pathname, "'self'");
    if (!page) return refuse(response, 404, 'NO_SUCH_PROCEDURE', 'nothing is here');
    response.writeHead(200, page.headers).end(page.body);
  }

  private async openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readJson(request);
    const key = typeof body === 'object' && body !== null && 'key' in body ? body.key : undefined;
    const secret = typeof key === 'string' ? this.sessions.exchange(key) : undefined;
    if (!secret) return refuse(response, 401, 'UNAUTHENTICATED', 'the link is wrong or was used already');
    this.options.log.info('console opened in a browser');
    response.setHeader('set-cookie', `${this.cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800`);
    send(response, 200, { ok: true, value: null });
  }

  private endSession(request: IncomingMessage, response: ServerResponse): void {
    const secret = cookieOf(request, this.cookieName);
    if (secret !== undefined) this.sessions.close(secret);
    response.setHeader('set-cookie', `${this.cookieName}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`);
    send(response, 200, { ok: true, value: null });
  }

  private async call(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isKnown(request)) return refuse(response, 401, 'UNAUTHENTICATED', 'open the console by its link first');
    const input = await readJson(request);
    if (input === TOO_LARGE) return refuse(response, 413, 'BAD_INPUT', `at most ${MOST_BODY} bytes`);
    if (input === NOT_JSON) return refuse(response, 400, 'BAD_INPUT', 'the body is not JSON');
    const result = await this.options.control.call(name, input);
    send(response, result.ok ? 200 : statusOf(result.error.code), result);
  }

  private stream(request: IncomingMessage, response: ServerResponse): void {
    if (!this.isKnown(request)) return refuse(response, 401, 'UNAUTHENTICATED', 'open the console by its link first');
    if (this.streams.size >= MOST_STREAMS) return refuse(response, 429, 'TOO_MANY_CALLS', 'too many consoles are open');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    tell(response, ': hello');
    const leave = this.options.control.subscribe((event) => tell(response, `data: ${JSON.stringify(event)}`));
    const heartbeat = setInterval(() => tell(response, ': still here'), HEARTBEAT);
    this.streams.add(response);
    response.on('close', () => {
      leave();
      clearInterval(heartbeat);
      this.streams.delete(response);
    });
  }

  private isKnown(request: IncomingMessage): boolean {
    return this.sessions.isOpen(cookieOf(request, this.cookieName));
  }
}

/** Says something to an open stream; a browser that stopped reading is let go, and asks again when it wakes. */
function tell(stream: ServerResponse, words: string): void {
  if (stream.writableEnded) return;
  if (stream.writableLength > MOST_UNREAD) stream.destroy();
  else stream.write(`${words}\n\n`);
}

/** A browser says where a POST comes from; programs on this computer say nothing and need the cookie all the same. */
function isFromOwnPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return false;
  return (headers['content-type'] ?? '').startsWith('application/json');
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1];
}

const TOO_LARGE = Symbol('too large');
const NOT_JSON = Symbol('not JSON');

/** The body as JSON; an empty one is undefined. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= MOST_BODY) parts.push(part);
  }
  if (size > MOST_BODY) return TOO_LARGE;
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return NOT_JSON;
  }
}

function send(response: ServerResponse, status: number, result: ControlResult): void {
  response.writeHead(status, JSON_TYPE).end(JSON.stringify(result));
}

function refuse(response: ServerResponse, status: number, code: ControlCode, message: string): void {
  send(response, status, { ok: false, error: { code, message } });
}

const STATUS: Readonly<Record<string, number>> = {
  NO_SUCH_PROCEDURE: 404,
  BAD_INPUT: 400,
  FAILED: 500,
  NOT_RUNNING: 503,
};
const statusOf = (code: string): number => STATUS[code] ?? 409;

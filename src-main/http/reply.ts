import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CORS_HEADERS } from './cors.js';
import { isOutflow, type Outflow, type Reply } from './endpoint.js';

const NO_CACHE = ['cache-control', 'no-cache, no-store, must-revalidate'] as const;
/** How long a client may go on sending a body that nobody reads before its connection is cut. */
const LINGER = 2000;

/** Writes `reply`; resolves when all of it was handed to the system, or the client is gone. */
export async function send(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  const { body, headers } = reply;
  if (body instanceof Readable || isOutflow(body)) return sendStream(request, response, reply, body);
  const isJson = body !== undefined && !isRaw(body, headers);
  const bytes = isJson ? JSON.stringify(body) : (body as string | Uint8Array | undefined);
  const lines = headerLines(headers);
  if (isJson && !('content-type' in headers)) lines.push('content-type', 'application/json');
  if (reply.status !== 204 && reply.status !== 304) lines.push('content-length', String(lengthOf(bytes)));
  cutUnreadBody(request, response);
  response.writeHead(reply.status, lines);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function sendStream(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  body: Readable | Outflow,
): Promise<void> {
  const lines = headerLines(reply.headers);
  cutUnreadBody(request, response);
  response.writeHead(reply.status, lines);
  if (request.method === 'HEAD') {
    body.destroy();
    response.end();
    return;
  }
  if (body instanceof Readable) return pipeline(body, response);
  await body.writeTo(response);
  response.end();
}

const isRaw = (body: unknown, headers: Reply['headers']) =>
  body instanceof Uint8Array || (typeof body === 'string' && 'content-type' in headers);

const lengthOf = (bytes: string | Uint8Array | undefined) => (bytes === undefined ? 0 : Buffer.byteLength(bytes));

function headerLines(headers: Reply['headers']): string[] {
  const lines = [...CORS_HEADERS];
  for (const name in headers) lines.push(name, headers[name] ?? '');
  if (!('cache-control' in headers)) lines.push(...NO_CACHE);
  return lines;
}

/**
 * Who is refused before all of a body has come may not keep us reading it. Cut at once, the connection would be reset
 * before the client has read why; so it may go on for a moment.
 */
function cutUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  response.once('finish', () => {
    request.resume();
    const cut = setTimeout(() => request.destroy(), LINGER);
    request.once('close', () => clearTimeout(cut));
  });
}

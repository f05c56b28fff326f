import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Milliseconds } from '../../base/clock.js';
import { isObject, type JsonObject } from '../../base/json.js';
import type { Config, ListenerConfig } from '../../config/config.js';
import { CommandError } from './command-error.js';

/** A server that a command talks to. */
export interface Target {
  /** `http://127.0.0.1:8008`, without a path */
  readonly url: string;
  /** SHA-256 of a certificate that is trusted beside those that the system trusts */
  readonly fingerprint: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** undefined when it was no JSON object */
  readonly body: JsonObject | undefined;
}

const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/;
const LIMIT: Milliseconds = 60_000;
const MOST_BODY = 1024 * 1024;

/** Where the server with this configuration answers clients on this computer: without TLS if it can be. */
export function localTarget(config: Config): Target | undefined {
  const serving = config.listeners.filter(({ resources }) => resources.includes('client'));
  const chosen = serving.find((listener) => !listener.tls) ?? serving[0];
  if (!chosen) return undefined;
  const url = `${chosen.tls ? 'https' : 'http'}://${hostOf(chosen)}:${chosen.port}`;
  return { url, fingerprint: chosen.tls ? fingerprintOf(config) : undefined };
}

/** Sends JSON and reads JSON. @throws CommandError when nobody answers, or somebody else does */
export function call(
  target: Target,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: JsonObject,
  accessToken?: string,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const url = new URL(path, target.url);
  const isTls = url.protocol === 'https:';
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
  };
  const options = { method, headers, signal: AbortSignal.timeout(LIMIT), rejectUnauthorized: false, agent: false };
  const request = (isTls ? tlsRequest : plainRequest)(url, options, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (text.length > MOST_BODY) request.destroy(new Error('the answer is too long'));
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(text) }));
    response.on('error', reject);
  });
  const send = () => request.end(body && JSON.stringify(body));
  request.on('error', (cause) => reject(unreachable(target, cause)));
  if (isTls) {
    // nothing is sent before it is clear who listens
    request.on('socket', (socket) =>
      socket.once('secureConnect', () => {
        const doubt = doubtAbout(socket as TLSSocket, url.hostname, target);
        if (doubt === undefined) send();
        else request.destroy(new Error(doubt));
      }),
    );
  } else send();
  return promise;
}

/** Why the other end may be somebody else; on this computer nobody can come between. */
function doubtAbout(socket: TLSSocket, hostname: string, { fingerprint }: Target): string | undefined {
  if (socket.authorized || LOOPBACK.test(hostname)) return undefined;
  if (fingerprint !== undefined && socket.getPeerCertificate().fingerprint256 === fingerprint) return undefined;
  return `this computer does not trust its certificate (${String(socket.authorizationError)})`;
}

function hostOf({ bindAddresses }: ListenerConfig): string {
  const has = (...addresses: string[]) => addresses.some((address) => bindAddresses.includes(address));
  if (has('127.0.0.1', '0.0.0.0', 'localhost')) return '127.0.0.1';
  if (has('::1', '::')) return '[::1]';
  const [first = '127.0.0.1'] = bindAddresses;
  return first.includes(':') ? `[${first}]` : first;
}

/** SHA-256 of the certificate that the configuration names; undefined when there is none yet. */
export function fingerprintOf({ tls }: Config): string | undefined {
  try {
    return new X509Certificate(readFileSync(tls.certificatePath)).fingerprint256;
  } catch {
    return undefined;
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const unreachable = ({ url }: Target, cause: Error): CommandError =>
  new CommandError(
    `The server at ${url} does not answer: ${cause.message || String((cause as NodeJS.ErrnoException).code)}.`,
    1,
    {
      cause,
    },
  );

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
  /** SHA-256 of the certificate that it must show; undefined: one that the system trusts */
  readonly fingerprint: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** undefined when it was no JSON object */
  readonly body: JsonObject | undefined;
}

const LIMIT: Milliseconds = 60_000;
const MOST_BODY = 1024 * 1024;

/** Where the server with this configuration answers clients on this computer: without TLS if it can be. */
export function localTarget({ listeners, tls }: Config): Target | undefined {
  const serving = listeners.filter(({ resources }) => resources.includes('client'));
  const chosen = serving.find((listener) => !listener.tls) ?? serving[0];
  if (!chosen) return undefined;
  const url = `${chosen.tls ? 'https' : 'http'}://${hostOf(chosen)}:${chosen.port}`;
  return { url, fingerprint: chosen.tls ? fingerprintOf(tls.certificatePath) : undefined };
}

/** Sends JSON and reads JSON. @throws CommandError when nobody answers, or somebody else does */
export function call(target: Target, method: 'GET' | 'POST', path: string, body?: JsonObject): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const url = new URL(path, target.url);
  const isPinned = target.fingerprint !== undefined;
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const signal = AbortSignal.timeout(LIMIT);
  const options = { method, headers, signal, rejectUnauthorized: !isPinned, agent: false };
  const request = send(url, options, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (text.length > MOST_BODY) request.destroy(new Error('the answer is too long'));
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(text) }));
    response.on('error', reject);
  });
  request.on('error', (cause) => reject(unreachable(target, cause)));
  request.on('socket', (socket) => {
    if (!isPinned) {
      request.end(body && JSON.stringify(body));
      return;
    }
    // nothing is sent before it is clear who listens
    socket.once('secureConnect', () => {
      const shown = (socket as TLSSocket).getPeerCertificate().fingerprint256;
      if (shown === target.fingerprint) request.end(body && JSON.stringify(body));
      else request.destroy(new Error('it shows another certificate than the configuration names'));
    });
  });
  return promise;
}

function hostOf({ bindAddresses }: ListenerConfig): string {
  const has = (...addresses: string[]) => addresses.some((address) => bindAddresses.includes(address));
  if (has('127.0.0.1', '0.0.0.0', 'localhost')) return '127.0.0.1';
  if (has('::1', '::')) return '[::1]';
  const [first = '127.0.0.1'] = bindAddresses;
  return first.includes(':') ? `[${first}]` : first;
}

function fingerprintOf(path: string): string | undefined {
  try {
    return new X509Certificate(readFileSync(path)).fingerprint256;
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

import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Milliseconds } from '../base/clock.js';

/** Where this program itself takes connections. */
export interface OwnListener {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

/** What it answered, or why it did not. */
export interface OwnAnswer {
  /** undefined: no answer */
  readonly status: number | undefined;
  readonly text: string;
  readonly failure: string | undefined;
}

const PATIENCE: Milliseconds = 5_000;
const MOST_LETTERS = 64 * 1024;
const EVERYWHERE = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
  ['', '127.0.0.1'],
]);

/** True for one that only this computer reaches. */
export const isOnLoopback = ({ address }: OwnListener): boolean =>
  address.startsWith('127.') || address === '::1' || address === 'localhost';

/** `0.0.0.0:8448`, `[::1]:8008` */
export const listenerText = ({ address, port }: OwnListener): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** Asks one of our own listeners, whatever its certificate. Never throws. */
export function askOwnListener(listener: OwnListener, path: string): Promise<OwnAnswer> {
  const { address, port, tls } = listener;
  const host = EVERYWHERE.get(address) ?? address;
  const options = { host, port, path, method: 'GET', timeout: PATIENCE, agent: false };
  return new Promise((resolve) => {
    const failed = (failure: string) => resolve({ status: undefined, text: '', failure });
    const asked = tls ? tlsRequest({ ...options, rejectUnauthorized: false }) : plainRequest(options);
    asked.once('timeout', () => asked.destroy(new Error('TIMEOUT')));
    asked.once('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
    asked.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        if (text.length < MOST_LETTERS) text += piece;
      });
      response.once('error', () => failed('BROKEN'));
      response.once('end', () => resolve({ status: response.statusCode, text, failure: undefined }));
    });
    asked.end();
  });
}

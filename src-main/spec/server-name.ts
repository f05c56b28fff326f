import { isIPv4, isIPv6 } from 'node:net';
import type { ServerName } from './ids.js';

/** A server name in its parts. */
export interface ServerAddress {
  /** a DNS name, or an IP address without brackets */
  readonly host: string;
  /** undefined where the name has none */
  readonly port: number | undefined;
  readonly kind: 'name' | 'ipv4' | 'ipv6';
}

/** Most characters of a server name; longer ones leave no room for user ids. */
const MAX_LENGTH = 255;
const FORM = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9A-Za-z.-]{1,255}))(?::(\d{1,5}))?$/;

/**
 * Takes `example.org`, `example.org:8448`, `192.0.2.1` or `[2001:db8::1]:443` apart.
 *
 * @returns undefined when `text` is no server name
 * @see https://spec.matrix.org/v1.19/appendices/#server-name
 */
export function parseServerName(text: string): ServerAddress | undefined {
  const match = text.length <= MAX_LENGTH ? FORM.exec(text) : null;
  if (!match) return undefined;
  const [, ipv6, name = '', digits] = match;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  if (ipv6 !== undefined) return isIPv6(ipv6) ? { host: ipv6, port, kind: 'ipv6' } : undefined;
  return { host: name, port, kind: isIPv4(name) ? 'ipv4' : 'name' };
}

export const isServerName = (text: string): text is ServerName => parseServerName(text) !== undefined;

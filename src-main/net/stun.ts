import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Milliseconds } from '../base/clock.js';

/** What a STUN server sees of us. */
export interface Mapped {
  readonly address: string;
  readonly port: number;
}

const BINDING_REQUEST = 0x0001;
const BINDING_ANSWER = 0x0101;
const COOKIE = 0x2112a442;
const XOR_MAPPED_ADDRESS = 0x0020;
const HEADER = 20;
const PATIENCE: Milliseconds = 3_000;
/** UDP may lose a letter. */
const TRIES = 3;

/**
 * Asks a STUN or TURN server over UDP under which address it sees us.
 *
 * @returns undefined when it does not answer in time; an empty address when its answer has none
 * @see https://www.rfc-editor.org/rfc/rfc8489
 */
export function askStun(host: string, port: number): Promise<Mapped | undefined> {
  const id = randomBytes(12);
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    let left = TRIES;
    const end = (found: Mapped | undefined) => {
      clearInterval(timer);
      socket.removeAllListeners().on('error', () => undefined);
      socket.close();
      resolve(found);
    };
    const send = () => {
      if (left === 0) return end(undefined);
      left -= 1;
      socket.send(bindingRequest(id), port, host, (error) => error && end(undefined));
    };
    const timer = setInterval(send, PATIENCE / TRIES);
    socket.once('error', () => end(undefined));
    socket.on('message', (message) => {
      if (isAnswerTo(id, message)) end(mappedAddress(message) ?? { address: '', port: 0 });
    });
    send();
  });
}

function bindingRequest(id: Buffer): Buffer {
  const message = Buffer.alloc(HEADER);
  message.writeUInt16BE(BINDING_REQUEST, 0);
  message.writeUInt32BE(COOKIE, 4);
  id.copy(message, 8);
  return message;
}

const isAnswerTo = (id: Buffer, message: Buffer): boolean =>
  message.length >= HEADER && message.readUInt16BE(0) === BINDING_ANSWER && message.subarray(8, HEADER).equals(id);

/** Only of IPv4: of IPv6 no translator stands between. */
function mappedAddress(message: Buffer): Mapped | undefined {
  for (let at = HEADER; at + 4 <= message.length; ) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    if (type === XOR_MAPPED_ADDRESS && length >= 8 && at + 12 <= message.length && message[at + 5] === 1) {
      const port = message.readUInt16BE(at + 6) ^ (COOKIE >>> 16);
      const number = (message.readUInt32BE(at + 8) ^ COOKIE) >>> 0;
      const address = [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.');
      return { address, port };
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return undefined;
}

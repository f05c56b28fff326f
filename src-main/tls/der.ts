/*
 * The few words of DER (ITU-T X.690) that a certificate is written in. Each function returns the bytes of one value
 * with its tag and its length.
 */

const tagged = (tag: number, content: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);

function lengthOf({ length }: Uint8Array): Uint8Array {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...values: Uint8Array[]): Uint8Array => tagged(0x30, Buffer.concat(values));
export const set = (...values: Uint8Array[]): Uint8Array => tagged(0x31, Buffer.concat(values));
export const octets = (content: Uint8Array): Uint8Array => tagged(0x04, content);
export const utf8 = (text: string): Uint8Array => tagged(0x0c, Buffer.from(text, 'utf8'));
export const yes = (): Uint8Array => tagged(0x01, Buffer.from([0xff]));

/** A positive integer, most significant byte first. */
export const integer = (bytes: Uint8Array): Uint8Array =>
  tagged(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** @param unused how many of the last bits do not count */
export const bits = (content: Uint8Array, unused = 0): Uint8Array =>
  tagged(0x03, Buffer.concat([Buffer.from([unused]), content]));

/** A value of the field numbered `n`; `implicit` ones stand without the tag of their own type. */
export const explicit = (n: number, value: Uint8Array): Uint8Array => tagged(0xa0 | n, value);
export const implicit = (n: number, content: Uint8Array): Uint8Array => tagged(0x80 | n, content);

/** `2.5.29.17` */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inSevens)]));
}

/** Seven bits to a byte; all but the last have the eighth set. */
function inSevens(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** A moment to the second, in the form that certificates want: two digits of the year up to 2049. */
export function time(at: Date): Uint8Array {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

import { invalidParam } from '../../../spec/errors.js';
import { callingCode, trunkPrefix } from './calling-codes.js';

/** The kinds of third-party identifiers. @see https://spec.matrix.org/v1.19/appendices/#3pid-types */
export type Medium = 'email' | 'msisdn';

export const isMedium = (text: string): text is Medium => text === 'email' || text === 'msisdn';

/** As SMTP has it. */
const MOST_EMAIL = 254;
/** One @ with something on both sides; nothing that could be a second address, a name, or a line of its own. */
const EMAIL = /^[^\s@<>(),;:\\"[\]\p{Cc}]+@[^\s@<>(),;:\\"[\]\p{Cc}]+$/u;
/** E.164: at most fifteen digits. */
const MSISDN = /^[1-9]\d{5,14}$/;

/** An e-mail address in the one spelling under which it is kept; undefined for what is none. */
export function parseEmail(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  return address.length <= MOST_EMAIL && EMAIL.test(address) ? address : undefined;
}

/**
 * A phone number as it is dialled from everywhere, digits only.
 *
 * @param country where it would be dialled as `number` says (ISO 3166-1)
 */
export function parsePhoneNumber(country: string, number: string): string | undefined {
  const code = callingCode(country);
  if (code === undefined || number.length > 50) return undefined;
  const digits = number.replaceAll(/\D/g, '');
  const whole = isInternational(number) ? digits.replace(/^00/, '') : `${code}${withoutTrunk(country, digits)}`;
  return MSISDN.test(whole) ? whole : undefined;
}

const isInternational = (number: string) => /^\s*\(?(\+|00)/.test(number);

function withoutTrunk(country: string, digits: string): string {
  const prefix = trunkPrefix(country);
  return prefix !== '' && digits.startsWith(prefix) ? digits.slice(prefix.length) : digits;
}

/** The one spelling of an address, for looking it up; what is none of its kind stays as it is, and is not found. */
export const canonicalAddress = (medium: string, address: string): string =>
  medium === 'email' ? (parseEmail(address) ?? address.toLowerCase()) : address.replaceAll(/[^\d]/g, '');

const SECRET = /^[0-9a-zA-Z.=_-]{1,255}$/;

/** What a client chose to name its attempt, and session ids. @throws MatrixError M_INVALID_PARAM */
export function checkSecret(key: 'client_secret' | 'sid', text: string): string {
  if (!SECRET.test(text)) throw invalidParam(`${key} must be 1 to 255 of the characters 0-9, a-z, A-Z, ., =, _ and -`);
  return text;
}

/** Addresses of one kind that may be used here. */
export interface AllowedAddresses {
  readonly medium: Medium;
  /** matches from the start of the address, as Python does */
  readonly pattern: RegExp;
}

/** Whether an address may be used here. @param allowed empty: all may */
export const isAllowedAddress = (allowed: readonly AllowedAddresses[], medium: Medium, address: string): boolean =>
  allowed.length === 0 || allowed.some((each) => each.medium === medium && each.pattern.test(address));

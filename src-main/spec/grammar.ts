import { isLongerThan, MAX_KEY_BYTES } from './event-limits.js';
import type { EventId, RoomAlias, RoomId, ServerName, UserId } from './ids.js';
import { isServerName } from './server-name.js';

/**
 * Whether `text` is a user id. Historic ones count too: their localpart may be anything but `:` and NUL, and empty; for
 * new accounts see `checkNewLocalpart`.
 *
 * @see https://spec.matrix.org/v1.19/appendices/#user-identifiers
 */
export const isUserId = (text: string): text is UserId => hasSigil(text, '@') && endsInServerName(text);

/** @see https://spec.matrix.org/v1.19/appendices/#room-aliases */
export const isRoomAlias = (text: string): text is RoomAlias => hasSigil(text, '#') && endsInServerName(text);

/**
 * Whether `text` can be a room id of any version, with a server name or without: opaque, but bounded.
 *
 * @see https://spec.matrix.org/v1.19/appendices/#room-ids
 */
export const isRoomId = (text: string): text is RoomId => hasSigil(text, '!') && text.length > 1;

/**
 * Whether `text` can be an event id of any room version: opaque, but bounded.
 *
 * @see https://spec.matrix.org/v1.19/appendices/#event-ids
 */
export const isEventId = (text: string): text is EventId => hasSigil(text, '$') && text.length > 1;

/** The part between sigil and server name. */
export const localpartOf = (id: UserId | RoomAlias): string => id.slice(1, id.indexOf(':'));

/** The server that an id names; undefined for room ids of version 12 and event ids of version 3 and later. */
export function serverOf(id: UserId | RoomAlias): ServerName;
export function serverOf(id: RoomId | EventId): ServerName | undefined;
export function serverOf(id: string): ServerName | undefined {
  const colon = id.indexOf(':');
  return colon < 0 ? undefined : id.slice(colon + 1);
}

/** An answer about a text that somebody chose: `why` is a sentence for them. */
export type GrammarVerdict = { readonly valid: true } | { readonly valid: false; readonly why: string };

/**
 * Whether a new account may have this localpart: lower-case letters, digits and `._=-/+`, and an id of at most 255
 * bytes. A leading `_` is for application services, digits alone for guests.
 *
 * @param reserved true for those two, whose names nobody else may choose
 * @see https://spec.matrix.org/v1.19/appendices/#user-identifiers
 */
export function checkNewLocalpart(localpart: string, server: ServerName, reserved = false): GrammarVerdict {
  if (localpart === '') return invalid('A user name cannot be empty.');
  if (!/^[a-z0-9._=\-/+]+$/.test(localpart)) {
    return invalid("A user name can only contain the characters a-z, 0-9, and '._=-/+'.");
  }
  if (!reserved && localpart.startsWith('_')) return invalid("A user name may not begin with '_'.");
  if (!reserved && /^\d+$/.test(localpart)) return invalid('User names of digits only are reserved for guests.');
  return isLongerThan(MAX_KEY_BYTES, `@${localpart}:${server}`)
    ? invalid(`A user name with its server name can have ${MAX_KEY_BYTES} bytes at most.`)
    : { valid: true };
}

/** Whether a new alias may have this localpart: anything but `:`, NUL and white space, of at most 255 bytes in all. */
export function checkNewAliasLocalpart(localpart: string, server: ServerName): GrammarVerdict {
  if (localpart === '') return invalid('A room alias cannot be empty.');
  if (/[\s:\0]/.test(localpart) || !localpart.isWellFormed()) {
    return invalid("A room alias cannot contain white space or ':'.");
  }
  return isLongerThan(MAX_KEY_BYTES, `#${localpart}:${server}`)
    ? invalid(`A room alias can have ${MAX_KEY_BYTES} bytes at most.`)
    : { valid: true };
}

/** Session ids, client secrets, transaction ids and the like. @see https://spec.matrix.org/v1.19/appendices/#opaque-identifiers */
export const isOpaqueId = (text: string): boolean => /^[0-9A-Za-z\-._~]{1,255}$/.test(text);

/** `m.something` or `org.example.something`. @see https://spec.matrix.org/v1.19/appendices/#common-namespaced-identifier-grammar */
export const isNamespacedId = (text: string): boolean => /^[a-z][a-z0-9\-_.]{0,254}$/.test(text);

/** Whether `id` is of `server`; cheaper than taking it apart. */
export const isOnServer = (id: UserId | RoomAlias, server: ServerName): boolean =>
  id.length === id.indexOf(':') + 1 + server.length && id.endsWith(server);

function hasSigil(text: string, sigil: string): boolean {
  return text.startsWith(sigil) && !isLongerThan(MAX_KEY_BYTES, text) && !text.includes('\0') && text.isWellFormed();
}

function endsInServerName(text: string): boolean {
  const colon = text.indexOf(':');
  return colon > 0 && isServerName(text.slice(colon + 1));
}

const invalid = (why: string): GrammarVerdict => ({ valid: false, why });

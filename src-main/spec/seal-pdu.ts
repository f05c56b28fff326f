import type { JsonObject, JsonValue } from '../base/json.js';
import { sha256Base64 } from '../base/sha256.js';
import { canonicalJson, canonicalKeys } from './canonical-json.js';
import type { Pdu } from './event.js';
import { eventIdOfText } from './event-id.js';
import type { EventId, ServerName } from './ids.js';
import { redactPdu } from './redaction.js';
import type { RoomVersionRules } from './room-version.js';
import { type SigningKey, signText } from './signing.js';

/** An event of ours before it is hashed and signed. */
export type PduDraft = Omit<Pdu, 'hashes' | 'signatures' | 'unsigned'>;

export interface SealedPdu {
  readonly pdu: Pdu;
  readonly eventId: EventId;
  /** canonical JSON of `pdu`: what is stored, sent to other servers and measured */
  readonly text: string;
}

/**
 * Hashes and signs an event of this server, and gives it its id. Each member of the event is written once and serves the
 * content hash, the signature, the event id and the text, so that a message costs little more than its signature.
 *
 * @param draft in room versions 1 and 2 with its `event_id`
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/server-server-api/#adding-hashes-and-signatures-to-outgoing-events
 */
export function sealPdu(draft: PduDraft, rules: RoomVersionRules, server: ServerName, key: SigningKey): SealedPdu {
  const numbers = rules.strictCanonicalJson ? 'strict' : 'lenient';
  const written = new Map<string, string>();
  for (const name of canonicalKeys(draft as JsonObject)) {
    const value = (draft as JsonObject)[name];
    if (value !== undefined && !ADDED.has(name)) written.set(name, member(name, canonicalJson(value, numbers)));
  }
  const hashes = { sha256: sha256Base64(objectOf(written.values())) };
  const hashed = { ...draft, hashes };
  const all = inserted(written, 'hashes', hashes);

  const redacted: JsonObject = redactPdu(hashed as JsonObject, rules);
  const content = member('content', canonicalJson(redacted['content'] ?? {}, numbers));
  const covered = [...all].filter(([name]) => redacted[name] !== undefined);
  const signed = objectOf(covered.map(([name, text]) => (name === 'content' ? content : text)));

  const signatures = { [server]: { [key.keyId]: signText(signed, key) } };
  const pdu = { ...hashed, signatures } as unknown as Pdu;
  const text = objectOf(inserted(all, 'signatures', signatures).values());
  return { pdu, eventId: eventIdOfText(signed, pdu as JsonObject, rules), text };
}

/** What sealing adds, or does not cover. */
const ADDED = new Set(['hashes', 'signatures', 'unsigned']);

const member = (name: string, text: string): string => `${JSON.stringify(name)}:${text}`;

const objectOf = (members: Iterable<string>): string => `{${[...members].join(',')}}`;

/** `members`, which are in order, with one more at its place. */
function inserted(members: ReadonlyMap<string, string>, name: string, value: JsonValue): Map<string, string> {
  const result = new Map<string, string>();
  for (const [key, text] of members) {
    if (key > name && !result.has(name)) result.set(name, member(name, canonicalJson(value)));
    result.set(key, text);
  }
  if (!result.has(name)) result.set(name, member(name, canonicalJson(value)));
  return result;
}

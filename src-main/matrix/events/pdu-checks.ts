import type { JsonObject, JsonValue } from '../../base/json.js';
import { objectAt } from '../../base/json.js';
import { turn } from '../../base/yield.js';
import { authorisingUser } from '../../spec/auth-events.js';
import { canonicalJson, NotCanonicalError } from '../../spec/canonical-json.js';
import { hasValidContentHash } from '../../spec/content-hash.js';
import { type Pdu, roomEvent } from '../../spec/event.js';
import { eventIdOfText, roomIdOf, signedText } from '../../spec/event-id.js';
import { checkEventLimits } from '../../spec/event-limits.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import { checkPduFormat } from '../../spec/pdu-format.js';
import { redactPdu } from '../../spec/redaction.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import { domainOf, membershipIn } from '../../spec/state-view.js';
import type { KeyRing, SignatureCheck, SignatureVerdict } from '../servers/index.js';
import type { CheckedEvent, PduChecks, PduVerdict, RefusedEvent } from './ports.js';

/** Events looked at without a turn of the event loop. */
const AT_ONCE = 40;
/** Signatures of one server on one event that are tried: a real one has one or two. */
const MOST_SIGNATURES = 5;

/** An event whose signatures are still to be verified. */
interface Candidate {
  readonly checked: CheckedEvent;
  readonly signatures: readonly SignatureCheck[];
}

/** The checks that an event from elsewhere must pass whatever the room, by the keys of other servers. */
export class SignedPduChecks implements PduChecks {
  constructor(private readonly deps: { readonly keys: Pick<KeyRing, 'verify'> }) {}

  async check(
    values: readonly JsonValue[],
    rules: RoomVersionRules,
    { roomId, signal }: { readonly roomId?: RoomId; readonly signal?: AbortSignal } = {},
  ): Promise<PduVerdict[]> {
    const read: (Candidate | RefusedEvent)[] = [];
    for (const [index, value] of values.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      signal?.throwIfAborted();
      read.push(readPdu(value, rules, roomId));
    }
    const checks = read.flatMap((one) => ('refused' in one ? [] : one.signatures));
    const verdicts = checks.length > 0 ? await this.deps.keys.verify(checks, signal ? { signal } : {}) : [];
    const verdictOf = new Map(checks.map((check, index) => [check, verdicts[index]]));
    return read.map((one) => ('refused' in one ? one : judge(one, (check) => verdictOf.get(check))));
  }
}

function judge(
  { checked, signatures }: Candidate,
  verdictOf: (check: SignatureCheck) => SignatureVerdict | undefined,
): PduVerdict {
  for (const check of signatures) {
    const verdict = verdictOf(check);
    if (verdict?.holds) continue;
    const isUnknown = verdict?.why === 'missing-key';
    const refused = isUnknown ? `no key of ${check.signer} could be had` : `the signature of ${check.signer} is wrong`;
    const { eventId } = checked.event;
    return { refused, eventId, ...(isUnknown && { mayHoldLater: true as const }) };
  }
  return checked;
}

function readPdu(value: JsonValue, rules: RoomVersionRules, roomId: RoomId | undefined): Candidate | RefusedEvent {
  const format = checkPduFormat(value, rules);
  if (!format.valid) return { refused: format.why };
  try {
    return readFormed(withoutUnsigned(format.pdu), rules, roomId);
  } catch (error) {
    if (error instanceof NotCanonicalError) return { refused: error.message };
    throw error;
  }
}

function readFormed(pdu: Pdu, rules: RoomVersionRules, wanted: RoomId | undefined): Candidate | RefusedEvent {
  const numbers = rules.strictCanonicalJson ? 'strict' : 'lenient';
  const signed = signedText(pdu, rules);
  const eventId = eventIdOfText(signed, pdu, rules);
  const roomId = roomIdOf(pdu, rules, eventId);
  if (roomId === undefined) return { refused: 'it names no room', eventId };
  if (wanted !== undefined && roomId !== wanted) return { refused: `it is of room ${roomId.slice(0, 255)}`, eventId };
  const text = canonicalJson(pdu, numbers);
  const limits = checkEventLimits(pdu, rules, { eventId, roomId }, text);
  if (!limits.within && !limits.isTolerable) return { refused: limits.why, eventId };
  const signatures: SignatureCheck[] = [];
  for (const signer of requiredSigners(pdu, rules)) {
    const made = signaturesOf(pdu, signer);
    if (Object.keys(made).length === 0) return { refused: `${signer.slice(0, 255)} has not signed it`, eventId };
    const at = Number(pdu.origin_server_ts);
    signatures.push({ signer, signatures: made, text: signed, at, validityMatters: rules.enforceKeyValidity });
  }
  if (hasValidContentHash(pdu)) {
    return { checked: { event: roomEvent(pdu, rules, eventId, roomId), text }, signatures };
  }
  const redacted = redactPdu(pdu, rules);
  const event = roomEvent(redacted, rules, eventId, roomId);
  return { checked: { event, text: canonicalJson(redacted, numbers) }, signatures };
}

function withoutUnsigned(pdu: Pdu): Pdu {
  const signed: { -readonly [K in keyof Pdu]: Pdu[K] } = { ...pdu };
  delete signed.unsigned;
  return signed;
}

/**
 * The servers that must have signed an event: the sender's, unless an identity server vouches for the invite; in room
 * versions 1 and 2 the one that gave the event its id; for restricted joins the one that let the user in.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#validating-hashes-and-signatures-on-received-events
 */
function requiredSigners(pdu: Pdu, rules: RoomVersionRules): Set<ServerName> {
  const signers = new Set<ServerName>();
  const isMember = pdu.type === 'm.room.member';
  const membership = isMember ? membershipIn(pdu.content) : undefined;
  const isVouchedFor = membership === 'invite' && pdu.content['third_party_invite'] !== undefined;
  if (!isVouchedFor) signers.add(domainOf(pdu.sender));
  if (rules.eventIds === 'random' && pdu.event_id !== undefined) signers.add(domainOf(pdu.event_id));
  const authoriser = rules.restrictedJoins && membership === 'join' ? authorisingUser(pdu.content) : undefined;
  if (authoriser !== undefined) signers.add(domainOf(authoriser));
  return signers;
}

function signaturesOf(pdu: JsonObject, signer: ServerName): Record<string, string> {
  const all = objectAt(pdu, 'signatures') ?? {};
  const ofSigner = Object.hasOwn(all, signer) ? objectAt(all, signer) : undefined;
  const entries = Object.entries(ofSigner ?? {}).filter(
    (entry): entry is [string, string] => entry[0].startsWith('ed25519:') && typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries.slice(0, MOST_SIGNATURES));
}

import { fromBase64 } from '../base/base64.js';
import { PUBLIC_KEY_BYTES } from '../base/ed25519.js';
import { type JsonObject, objectAt, stringAt } from '../base/json.js';
import type { StateKey } from './event.js';
import type { ServerName } from './ids.js';
import type { RoomVersionRules } from './room-version.js';
import { isServerName } from './server-name.js';
import { verifyPdu } from './signing.js';

/** Who is asked about the events of a room, and how its recommendations are known. */
export interface PolicyServer {
  readonly server: ServerName;
  /** 32 raw bytes */
  readonly publicKey: Uint8Array;
}

/** The id of the key with which a policy server signs events, whoever it is. */
export const POLICY_KEY_ID = 'ed25519:policy_server';
/** Where rooms name it: the spec's entry first, then the one of before it was in the spec, which rooms still have. */
export const POLICY_KEYS: readonly StateKey[] = [
  ['m.room.policy', ''],
  ['org.matrix.msc4284.policy', ''],
];

/**
 * The policy server that a state event names; undefined where it names none that could be asked.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroompolicy
 */
export function policyServerIn({ type, content }: { type: string; content: JsonObject }): PolicyServer | undefined {
  const server = stringAt(content, 'via');
  const isStable = type === POLICY_KEYS[0]?.[0];
  const key = isStable ? stringAt(objectAt(content, 'public_keys'), 'ed25519') : stringAt(content, 'public_key');
  if (server === undefined || key === undefined || !isServerName(server)) return undefined;
  const publicKey = fromBase64(key);
  return publicKey?.length === PUBLIC_KEY_BYTES ? { server, publicKey } : undefined;
}

/** Whether an event needs no recommendation: a room can always give up its policy server. */
export const isPolicyChoice = (event: { readonly type: string; readonly stateKey?: string | undefined }): boolean =>
  POLICY_KEYS.some(([type, stateKey]) => event.type === type && event.stateKey === stateKey);

/** Whether the policy server recommends the event. */
export const isRecommended = (pdu: JsonObject, rules: RoomVersionRules, { server, publicKey }: PolicyServer): boolean =>
  verifyPdu(pdu, rules, server, POLICY_KEY_ID, publicKey);

/** The event with the recommendation; signatures that it has stay, also others of the same server. */
export function withRecommendation<P extends JsonObject>(pdu: P, { server }: PolicyServer, signature: string): P {
  const signatures = objectAt(pdu, 'signatures') ?? {};
  const ofServer = { ...objectAt(signatures, server), [POLICY_KEY_ID]: signature };
  return { ...pdu, signatures: { ...signatures, [server]: ofServer } };
}

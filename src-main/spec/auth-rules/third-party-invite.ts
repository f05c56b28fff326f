import { fromBase64 } from '../../base/base64.js';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../base/json.js';
import type { RoomEvent } from '../event.js';
import { keyIdsOf, verifyJson } from '../signing.js';
import { membershipOf, type StateView } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/** Signatures times keys that are tried; a real invite has one or two of each. */
const MAX_VERIFICATIONS = 100;

/**
 * An invite that redeems an `m.room.third_party_invite`: an identity server says whose address it was.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#third-party-invites
 */
export function checkThirdPartyInvite(event: RoomEvent, target: string, state: StateView): Verdict {
  const { rules, content, sender } = event;
  if (membershipOf(state, target) === 'ban') {
    return reject(rules, 'invite.third_party.banned', `${target} is banned`);
  }
  const signed = objectAt(objectAt(content, 'third_party_invite'), 'signed');
  if (!signed) return reject(rules, 'invite.third_party.signed', 'the third party invite is not signed');
  const [mxid, token] = [stringAt(signed, 'mxid'), stringAt(signed, 'token')];
  if (mxid === undefined || token === undefined) {
    return reject(rules, 'invite.third_party.properties', 'the third party invite lacks mxid or token');
  }
  if (mxid !== target) return reject(rules, 'invite.third_party.mxid', `the third party invite is for ${mxid}`);
  const invite = state.get('m.room.third_party_invite', token);
  if (!invite) return reject(rules, 'invite.third_party.token', 'the room has no such third party invite');
  if (invite.sender !== sender) {
    return reject(rules, 'invite.third_party.sender', `the third party invite is of ${invite.sender}`);
  }
  if (isSignedByAny(signed, publicKeys(invite.content))) return allow;
  return reject(rules, 'invite.third_party.otherwise', 'no key of the third party invite has signed');
}

/** The keys, 32 raw bytes each, of which one must have signed. */
function publicKeys(content: JsonObject): Uint8Array[] {
  const listed = (arrayAt(content, 'public_keys') ?? []).filter(isObject);
  return [content, ...listed]
    .map((entry) => stringAt(entry, 'public_key'))
    .flatMap((text) => (text === undefined ? [] : (fromBase64(text) ?? [])));
}

function isSignedByAny(signed: JsonObject, keys: readonly Uint8Array[]): boolean {
  const signatures = Object.keys(objectAt(signed, 'signatures') ?? {}).flatMap((signer) =>
    keyIdsOf(signed, signer).map((keyId) => ({ signer, keyId })),
  );
  return signatures
    .flatMap(({ signer, keyId }) => keys.map((key) => ({ signer, keyId, key })))
    .slice(0, MAX_VERIFICATIONS)
    .some(({ signer, keyId, key }) => verifyJson(signed, signer, keyId, key));
}

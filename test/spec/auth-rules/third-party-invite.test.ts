import { expect, it } from 'vitest';
import { toBase64 } from '../../../src-main/base/base64.js';
import { keyPairFromSeed } from '../../../src-main/base/ed25519.js';
import type { JsonObject, JsonValue } from '../../../src-main/base/json.js';
import { signJson } from '../../../src-main/spec/signing.js';
import { alice, bob, carol, TestRoom } from '../../support/rooms.js';
import { expectedIn, outcome, versionsIn } from './outcome.js';

const keyOf = (byte: number) => ({ keyId: 'ed25519:0', ...keyPairFromSeed(new Uint8Array(32).fill(byte)) });
const key = keyOf(1);
const otherKey = keyOf(2);
const publicKey = toBase64(key.publicKey);
const otherPublicKey = toBase64(otherKey.publicKey);

const signed = (content: JsonObject = {}, by = key): JsonObject =>
  signJson({ mxid: carol, token: 'token', ...content }, 'identity.test', by);

interface Given {
  /** content of the m.room.third_party_invite; by default with the right key */
  readonly invite?: JsonObject;
  /** membership of Carol, who is invited */
  readonly target?: string;
  /** who redeems the invite that Bob made */
  readonly by?: string;
  readonly content: JsonValue;
}

function redeem(version: string, { invite = { public_key: publicKey }, target, by = bob, content }: Given): string {
  const room = TestRoom.of(version, { joinRule: 'invite' });
  room.add({ type: 'm.room.third_party_invite', sender: bob, stateKey: 'token', content: invite });
  if (target) room.member(carol, target);
  return outcome(room, {
    type: 'm.room.member',
    sender: by,
    stateKey: carol,
    content: { membership: 'invite', third_party_invite: content },
  });
}

const PREFIXES = ['5.3.1', '4.3.1', '4.4.1', '5.4.1'];
const refusedBy = (number: string) => PREFIXES.map((prefix) => `${prefix}.${number}`).join(' ');

it.each<[title: string, given: Given, outcome: string]>([
  ['signed by the key that the room has', { content: { signed: signed() } }, 'allowed'],
  ['though who made it left the room', { content: { display_name: 'c', signed: signed() } }, 'allowed'],
  ['of somebody who is in the room', { target: 'join', content: { signed: signed() } }, 'allowed'],
  [
    'signed by one of several keys',
    {
      invite: { public_key: otherPublicKey, public_keys: [{ public_key: 'AAAA' }, { public_key: publicKey }] },
      content: { signed: signed() },
    },
    'allowed',
  ],
  [
    'signed by two servers, of which one is right',
    { content: { signed: signJson(signed({}, otherKey), 'second.test', key) } },
    'allowed',
  ],
  ['of the banned', { target: 'ban', content: { signed: signed() } }, refusedBy('1')],
  ['that nobody signed', { content: {} }, refusedBy('2')],
  ['that is no object', { content: 'x' }, refusedBy('2')],
  ['with a signed part that is no object', { content: { signed: 'x' } }, refusedBy('2')],
  ['without mxid', { content: { signed: { token: 'token' } } }, refusedBy('3')],
  ['without token', { content: { signed: { mxid: carol } } }, refusedBy('3')],
  ['with a token that is no string', { content: { signed: { mxid: carol, token: 1 } } }, refusedBy('3')],
  ['for somebody else', { content: { signed: signed({ mxid: alice }) } }, refusedBy('4')],
  ['with a token that the room does not know', { content: { signed: signed({ token: 'other' }) } }, refusedBy('5')],
  ['redeemed by another than who made it', { by: alice, content: { signed: signed() } }, refusedBy('6')],
  ['signed by another key', { content: { signed: signed({}, otherKey) } }, refusedBy('8')],
  ['changed after it was signed', { content: { signed: { ...signed(), extra: 1 } } }, refusedBy('8')],
  ['without signatures', { content: { signed: { mxid: carol, token: 'token' } } }, refusedBy('8')],
  [
    'with signatures that are no object',
    { content: { signed: { mxid: carol, token: 'token', signatures: 1 } } },
    refusedBy('8'),
  ],
  ['where the room has no key', { invite: {}, content: { signed: signed() } }, refusedBy('8')],
  [
    'where the key of the room is no base64',
    { invite: { public_key: '???' }, content: { signed: signed() } },
    refusedBy('8'),
  ],
])('redeems a third party invite %s', (_title, given, outcomes) => {
  for (const version of versionsIn('1-12')) {
    expect([version, redeem(version, given)]).toEqual([version, expectedIn(version, outcomes)]);
  }
});

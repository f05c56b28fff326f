import { describe, expect, it } from 'vitest';
import { keyPairFromSeed } from '../../../../src-main/base/ed25519.js';
import type { JsonObject, JsonValue } from '../../../../src-main/base/json.js';
import { checkPduFormat } from '../../../../src-main/spec/pdu-format.js';
import { verifyPdu } from '../../../../src-main/spec/signing.js';
import { readTemplate, sealWish, UnusableAnswer } from '../../../../src-main/matrix/federation/membership/template.js';
import { rulesOf } from '../../../support/rooms.js';

const roomId = '!room:one.test';
const userId = '@bob:two.test';
const wish = { asking: 'join', roomId, userId } as const;

const event = (changes: JsonObject = {}): JsonObject => ({
  type: 'm.room.member',
  room_id: roomId,
  sender: userId,
  state_key: userId,
  content: { membership: 'join' },
  prev_events: ['$last'],
  auth_events: ['$create', '$levels'],
  depth: 7,
  origin: 'one.test',
  origin_server_ts: 1,
  ...changes,
});
const answer = (changes: JsonObject = {}, version: JsonValue = '10'): JsonObject => ({
  room_version: version,
  event: event(changes),
});

describe('the answer to make_join', () => {
  it('gives our event its place and nothing else', () => {
    const given = answer({ content: { membership: 'join', displayname: 'not Bob' } });
    expect(readTemplate(given, wish)).toEqual({
      rules: rulesOf('10'),
      prevEvents: ['$last'],
      authEvents: ['$create', '$levels'],
      depth: 7,
      authoriser: undefined,
    });
  });

  it('is of room version 1 when it does not say', () => {
    const pairs = { prev_events: [['$last:one.test', {}]], auth_events: [['$create:one.test', { sha256: 'x' }]] };
    expect(readTemplate({ event: event(pairs) }, wish).rules.version).toBe('1');
  });

  it('says who lets the user in, where the room version knows that', () => {
    const content = { membership: 'join', join_authorised_via_users_server: '@alice:one.test' };
    expect(readTemplate(answer({ content }), wish).authoriser).toBe('@alice:one.test');
    expect(readTemplate(answer({ content }, '7'), wish).authoriser).toBeUndefined();
  });

  it.each<[string, JsonValue]>([
    ['is no object', []],
    ['has no event', { room_version: '10' }],
    ['is of a room version that nobody knows', answer({}, '99')],
    ['has a room version that is no text', answer({}, 10)],
    ['is of another room', answer({ room_id: '!other:one.test' })],
    ['has no room', answer({ room_id: undefined })],
    ['is of another sender', answer({ sender: '@eve:two.test' })],
    ['is about somebody else', answer({ state_key: '@eve:two.test' })],
    ['is no state', answer({ state_key: undefined })],
    ['is another event', answer({ type: 'm.room.message' })],
    ['is another membership', answer({ content: { membership: 'leave' } })],
    ['has no content', answer({ content: undefined })],
    ['follows nothing known', answer({ prev_events: undefined })],
    ['follows too much', answer({ prev_events: Array.from({ length: 21 }, (_, i) => `$${i}`) })],
    ['rests on too much', answer({ auth_events: Array.from({ length: 11 }, (_, i) => `$${i}`) })],
    ['names events as older versions do', answer({ prev_events: [['$last', {}]] })],
    ['names events as newer versions do', answer({ prev_events: ['$last'] }, '1')],
    ['names what is no event', answer({ auth_events: ['create'] })],
    ['has no depth', answer({ depth: undefined })],
    ['has a depth below nothing', answer({ depth: -1 })],
    ['has half a depth', answer({ depth: 1.5 })],
  ])('is refused when it %s', (_case, given) => {
    expect(() => readTemplate(given, wish)).toThrow(UnusableAnswer);
  });
});

describe('our event at that place', () => {
  const { publicKey, secretKey } = keyPairFromSeed(new Uint8Array(32).fill(7));
  const author = { serverName: 'two.test', signingKey: { keyId: 'ed25519:a', publicKey, secretKey } };

  it.each(['1', '3', '6', '10', '11', '12'])('is one of room version %s with our signature', (version) => {
    const rules = rulesOf(version);
    const reference = (id: string) => (rules.eventReferences === 'ids' ? id : [id, {}]);
    const template = {
      rules,
      prevEvents: [reference('$last:one.test')],
      authEvents: [reference('$create:one.test')],
      depth: 7,
      authoriser: undefined,
    };
    const sealed = sealWish(wish, template, { displayname: 'Bob', membership: 'ban' }, author, 1_000);
    expect(checkPduFormat(sealed.pdu, rules)).toMatchObject({ valid: true });
    expect(sealed.pdu).toMatchObject({
      room_id: roomId,
      sender: userId,
      state_key: userId,
      depth: 7,
      origin_server_ts: 1_000,
      content: { displayname: 'Bob', membership: 'join' },
    });
    expect(verifyPdu(sealed.pdu, rules, 'two.test', 'ed25519:a', publicKey)).toBe(true);
  });

  it('says who lets the user in', () => {
    const template = {
      rules: rulesOf('10'),
      prevEvents: ['$last'],
      authEvents: [],
      depth: 1,
      authoriser: '@alice:one.test',
    } as const;
    const { pdu } = sealWish(wish, template, {}, author, 1);
    expect(pdu.content['join_authorised_via_users_server']).toBe('@alice:one.test');
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { redactPdu } from '../../src-main/spec/redaction.js';
import { ROOM_VERSIONS } from '../../src-main/spec/room-version.js';
import { pdu, rulesOf } from './events.js';

const kept = (version: string, type: string, content: JsonObject) =>
  redactPdu(pdu({ type, content }), rulesOf(version)).content;

const member = {
  membership: 'join',
  displayname: 'A',
  join_authorised_via_users_server: '@b:domain',
  third_party_invite: { display_name: 'x', signed: { token: 't' } },
};
const levels = {
  ban: 1,
  events: {},
  events_default: 2,
  invite: 3,
  kick: 4,
  notifications: {},
  redact: 5,
  state_default: 6,
  users: {},
  users_default: 7,
};
const { invite: _invite, notifications: _notifications, ...oldLevels } = levels;
const allow = [{ type: 'm.room_membership', room_id: '!y:domain' }];

it.each<[from: number, to: number, type: string, content: JsonObject, kept: JsonObject]>([
  [1, 12, 'm.room.message', { body: 'x' }, {}],
  [1, 8, 'm.room.member', member, { membership: 'join' }],
  [9, 10, 'm.room.member', member, { membership: 'join', join_authorised_via_users_server: '@b:domain' }],
  [
    11,
    12,
    'm.room.member',
    member,
    {
      membership: 'join',
      join_authorised_via_users_server: '@b:domain',
      third_party_invite: { signed: { token: 't' } },
    },
  ],
  [
    11,
    12,
    'm.room.member',
    { membership: 'invite', third_party_invite: {} },
    { membership: 'invite', third_party_invite: {} },
  ],
  [11, 12, 'm.room.member', { membership: 'invite', third_party_invite: 1 }, { membership: 'invite' }],
  [1, 10, 'm.room.create', { creator: '@a:domain', room_version: '1' }, { creator: '@a:domain' }],
  [11, 12, 'm.room.create', { creator: '@a:domain', anything: { a: 1 } }, { creator: '@a:domain', anything: { a: 1 } }],
  [1, 7, 'm.room.join_rules', { join_rule: 'restricted', allow, x: 1 }, { join_rule: 'restricted' }],
  [8, 12, 'm.room.join_rules', { join_rule: 'restricted', allow, x: 1 }, { join_rule: 'restricted', allow }],
  [1, 10, 'm.room.power_levels', levels, oldLevels],
  [11, 12, 'm.room.power_levels', levels, { ...oldLevels, invite: 3 }],
  [1, 5, 'm.room.aliases', { aliases: ['#a:domain'], x: 1 }, { aliases: ['#a:domain'] }],
  [6, 12, 'm.room.aliases', { aliases: ['#a:domain'] }, {}],
  [1, 12, 'm.room.history_visibility', { history_visibility: 'shared', x: 1 }, { history_visibility: 'shared' }],
  [1, 10, 'm.room.redaction', { redacts: '$a', reason: 'x' }, {}],
  [11, 12, 'm.room.redaction', { redacts: '$a', reason: 'x' }, { redacts: '$a' }],
])('keeps in versions %i to %i of %s %j', (from, to, type, content, expected) => {
  for (let version = from; version <= to; version += 1) expect(kept(String(version), type, content)).toEqual(expected);
});

it.each([
  ['1', ['membership', 'origin', 'prev_state']],
  ['10', ['membership', 'origin', 'prev_state']],
  ['11', []],
  ['12', []],
])('keeps of other keys at the top in version %s: %j', (version, expected) => {
  const event = pdu({
    membership: 'join',
    origin: 'domain',
    prev_state: [],
    redacts: '$a',
    unsigned: {},
    x: 1,
    state_key: '',
    event_id: '$0:domain',
  });
  const always = [
    'auth_events',
    'content',
    'depth',
    'event_id',
    'hashes',
    'origin_server_ts',
    'prev_events',
    'room_id',
    'sender',
    'signatures',
    'state_key',
    'type',
  ];
  expect(Object.keys(redactPdu(event, rulesOf(version))).sort()).toEqual([...always, ...expected].sort());
});

it('changes nothing at the second time', () => {
  const types = [
    'm.room.member',
    'm.room.create',
    'm.room.join_rules',
    'm.room.power_levels',
    'm.room.aliases',
    'm.room.redaction',
    'x',
  ];
  const keys = [
    ...Object.keys(member),
    ...Object.keys(levels),
    'creator',
    'join_rule',
    'allow',
    'aliases',
    'redacts',
    'signed',
    '__proto__',
  ];
  const content = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
  fc.assert(
    fc.property(fc.constantFrom(...types), content, fc.constantFrom(...ROOM_VERSIONS), (type, given, version) => {
      const once = redactPdu(pdu({ type, content: given }), rulesOf(version));
      expect(redactPdu(once, rulesOf(version))).toEqual(once);
    }),
  );
});

import { expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { authEventKeys } from '../../src-main/spec/auth-events.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { alice, bob, carol, rulesOf } from '../support/rooms.js';
import { versionsIn } from './auth-rules/outcome.js';

interface Selected {
  readonly type: string;
  readonly sender?: UserId;
  readonly stateKey?: string;
  readonly content?: JsonObject;
}

const member = (membership: string, content: JsonObject = {}, stateKey: string = bob): Selected => ({
  type: 'm.room.member',
  stateKey,
  content: { membership, ...content },
});
const invitedBy3pid = { third_party_invite: { signed: { mxid: bob, token: 'tok' } } };
const authorised = { join_authorised_via_users_server: carol };

it.each<[title: string, versions: string, event: Selected, keys: string[]]>([
  ['a create event', '1-12', { type: 'm.room.create', stateKey: '' }, []],
  ['a message', '1-11', { type: 'm.room.message' }, ['create', 'power_levels', 'member alice']],
  ['a message', '12', { type: 'm.room.message' }, ['power_levels', 'member alice']],
  ['power levels', '1-11', { type: 'm.room.power_levels', stateKey: '' }, ['create', 'power_levels', 'member alice']],
  ['an invite', '1-11', member('invite'), ['create', 'power_levels', 'member alice', 'member bob', 'join_rules']],
  ['an invite', '12', member('invite'), ['power_levels', 'member alice', 'member bob', 'join_rules']],
  ['a join', '1-11', { ...member('join'), sender: bob }, ['create', 'power_levels', 'member bob', 'join_rules']],
  ['a knock', '7-11', { ...member('knock'), sender: bob }, ['create', 'power_levels', 'member bob', 'join_rules']],
  ['a kick', '1-11', member('leave'), ['create', 'power_levels', 'member alice', 'member bob']],
  ['a ban', '1-11', member('ban'), ['create', 'power_levels', 'member alice', 'member bob']],
  [
    'a third party invite',
    '12',
    member('invite', invitedBy3pid),
    ['power_levels', 'member alice', 'member bob', 'join_rules', 'third_party_invite tok'],
  ],
  [
    'a join after a third party invite',
    '12',
    { ...member('join', invitedBy3pid), sender: bob },
    ['power_levels', 'member bob', 'join_rules'],
  ],
  [
    'an authorised join',
    '12',
    { ...member('join', authorised), sender: bob },
    ['power_levels', 'member bob', 'join_rules', 'member carol'],
  ],
  [
    'an authorised join',
    '8-11',
    { ...member('join', authorised), sender: bob },
    ['create', 'power_levels', 'member bob', 'join_rules', 'member carol'],
  ],
  [
    'an authorised join, before there were any',
    '1-7',
    { ...member('join', authorised), sender: bob },
    ['create', 'power_levels', 'member bob', 'join_rules'],
  ],
  [
    'a join that its own user authorised',
    '12',
    { ...member('join', { join_authorised_via_users_server: bob }), sender: bob },
    ['power_levels', 'member bob', 'join_rules'],
  ],
  [
    'an invite that names an authoriser',
    '12',
    member('invite', authorised),
    ['power_levels', 'member alice', 'member bob', 'join_rules'],
  ],
  [
    'a member event without state key',
    '12',
    { type: 'm.room.member', content: { membership: 'join' } },
    ['power_levels', 'member alice', 'join_rules'],
  ],
])(
  'selects the auth events of %s (version %s)',
  (_title, versions, { type, sender = alice, stateKey, content = {} }, keys) => {
    for (const version of versionsIn(versions)) {
      const selected = authEventKeys({ type, sender, stateKey, content }, rulesOf(version));
      const short = selected.map(([type, key]) =>
        [type.replace('m.room.', ''), key.replace(/^@|:.*/g, '')].join(' ').trim(),
      );
      expect(short).toEqual(keys);
    }
  },
);

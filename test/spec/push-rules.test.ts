import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { roomEvent } from '../../src-main/spec/event.js';
import type { PowerLevels } from '../../src-main/spec/power-levels.js';
import { DEFAULT_RULES } from '../../src-main/spec/push-rules/default-rules.js';
import {
  compileOwnRules,
  compileRules,
  DEFAULT_COMPILED,
  evaluatePushRules,
} from '../../src-main/spec/push-rules/evaluate.js';
import { PushEvent } from '../../src-main/spec/push-rules/push-event.js';
import {
  mergeRules,
  noOwnRules,
  type OwnRules,
  type PushCondition,
  type PushRule,
  pushActions,
  pushConditions,
  ruleKey,
  rulesFor,
} from '../../src-main/spec/push-rules/ruleset.js';
import { pdu, rulesOf } from './events.js';

interface Given {
  type?: string;
  content?: JsonObject;
  state_key?: string;
  sender?: string;
  memberCount?: number;
  senderPower?: number;
}

const levels = (power: number): PowerLevels => ({
  powerOf: () => power,
  levelFor: () => 0,
  levelForEvent: () => 0,
  notificationLevel: () => 50,
});

function pushEvent({ memberCount = 3, senderPower = 0, ...changes }: Given): PushEvent {
  const event = roomEvent(pdu({ sender: '@bob:one', room_id: '!r:one', ...changes }), rulesOf('12'), '$e', '!r:one');
  return new PushEvent(event, { memberCount, powerLevels: levels(senderPower) });
}

const alice = { userId: '@alice:one', displayName: 'Alice Liddell' } as const;

/** `notify sound highlight` in short. */
function outcome(
  given: Given,
  own: OwnRules = noOwnRules,
  reader: { userId: `@${string}:${string}`; displayName: string | undefined } = alice,
) {
  const { notify, sound, highlight } = evaluatePushRules(pushEvent(given), compileOwnRules(own), reader);
  return [notify ? 'notify' : 'silent', sound, highlight ? 'highlight' : undefined].filter(Boolean).join(' ');
}

const text = (body: string, more: JsonObject = {}): JsonObject => ({ msgtype: 'm.text', body, ...more });
const mentions = (value: JsonObject) => text('hello Alice Liddell @room alice', { 'm.mentions': value });
const edit = { 'm.relates_to': { rel_type: 'm.replace', event_id: '$x' } };

describe('the default rules', () => {
  it.each<[string, Given, string]>([
    ['a message', {}, 'notify'],
    ['a message in a room of two', { memberCount: 2 }, 'notify default'],
    ['a notice', { content: { msgtype: 'm.notice', body: 'x' } }, 'silent'],
    ['an encrypted message', { type: 'm.room.encrypted', content: {} }, 'notify'],
    [
      'an encrypted message in a room of two',
      { type: 'm.room.encrypted', content: {}, memberCount: 2 },
      'notify default',
    ],
    ['a call', { type: 'm.call.invite', content: {} }, 'notify ring'],
    [
      'an invite of the reader',
      { type: 'm.room.member', state_key: '@alice:one', content: { membership: 'invite' } },
      'notify default',
    ],
    [
      'an invite of somebody else',
      { type: 'm.room.member', state_key: '@carol:one', content: { membership: 'invite' } },
      'silent',
    ],
    ['a join', { type: 'm.room.member', state_key: '@bob:one', content: { membership: 'join' } }, 'silent'],
    ['a mention', { content: mentions({ user_ids: ['@alice:one'] }) }, 'notify default highlight'],
    ['a mention of somebody else, by name too', { content: mentions({ user_ids: ['@carol:one'] }) }, 'notify'],
    ['a mention of nobody', { content: mentions({}) }, 'notify'],
    ['mentions that are no list', { content: mentions({ user_ids: '@alice:one' }) }, 'notify'],
    [
      'a mention of the room by a moderator',
      { content: mentions({ room: true }), senderPower: 50 },
      'notify highlight',
    ],
    ['a mention of the room by a member', { content: mentions({ room: true }), senderPower: 49 }, 'notify'],
    ['a mention of the room as text', { content: mentions({ room: 'true' }), senderPower: 50 }, 'notify'],
    ['the display name without m.mentions', { content: text('hi alice LIDDELL!') }, 'notify default highlight'],
    ['the localpart beside another name', { content: text('hi Alice Liddellson') }, 'notify default highlight'],
    ['the localpart without m.mentions', { content: text('alice: hi') }, 'notify default highlight'],
    ['the localpart within a word', { content: text('malice') }, 'notify'],
    ['@room by a moderator without m.mentions', { content: text('hey @room'), senderPower: 100 }, 'notify highlight'],
    ['@room by a member', { content: text('hey @room') }, 'notify'],
    ['a tombstone', { type: 'm.room.tombstone', state_key: '', content: {} }, 'notify highlight'],
    ['a tombstone that is no state', { type: 'm.room.tombstone', content: {} }, 'silent'],
    ['a reaction', { type: 'm.reaction', content: {}, memberCount: 2 }, 'silent'],
    ['a server ACL', { type: 'm.room.server_acl', state_key: '', content: {} }, 'silent'],
    ['an edit', { content: text('* x', edit) }, 'silent'],
    [
      'an edit that mentions the reader',
      { content: text('* x', { ...edit, 'm.mentions': { user_ids: ['@alice:one'] } }) },
      'notify default highlight',
    ],
    ['the start of a poll', { type: 'org.matrix.msc3381.poll.start', content: {} }, 'notify'],
    [
      'the start of a poll among two',
      { type: 'org.matrix.msc3381.poll.start', content: {}, memberCount: 2 },
      'notify default',
    ],
    ['the end of a poll', { type: 'org.matrix.msc3381.poll.end', content: {} }, 'notify'],
    ['an answer in a poll', { type: 'org.matrix.msc3381.poll.response', content: {}, memberCount: 2 }, 'silent'],
    ['an event that nobody knows', { type: 'org.example.x', content: { body: 'x' } }, 'silent'],
    ['a body that is no text', { content: { body: 7 } as JsonObject }, 'notify'],
    ['a message of the reader', { sender: '@alice:one' }, 'silent'],
  ])('%s', (_case, given, expected) => expect(outcome(given)).toBe(expected));

  it('takes display names as they are written, and empty ones as none', () => {
    expect(outcome({ content: text('x') }, noOwnRules, { userId: '@a:one', displayName: '*' })).toBe('notify');
    expect(outcome({ content: text('a ? b') }, noOwnRules, { userId: '@z:one', displayName: '?' })).toBe(
      'notify default highlight',
    );
    expect(outcome({ content: text('x y') }, noOwnRules, { userId: '@a:one', displayName: '' })).toBe('notify');
  });

  it('does nothing with the master rule on', () => {
    const changes = new Map([[ruleKey('override', '.m.rule.master'), { enabled: true }]]);
    expect(outcome({ type: 'm.call.invite', content: {} }, { rules: {}, changes })).toBe('silent');
  });

  it('lets users change actions, and switch rules off', () => {
    const changes = new Map([
      [ruleKey('underride', '.m.rule.message'), { actions: [] }],
      [ruleKey('content', '.m.rule.contains_user_name'), { enabled: false }],
    ]);
    expect(outcome({}, { rules: {}, changes })).toBe('silent');
    expect(outcome({ content: text('alice') }, { rules: {}, changes })).toBe('silent');
    expect(outcome({ content: text('Alice Liddell') }, { rules: {}, changes })).toBe('notify default highlight');
  });
});

const rule = (changes: Partial<PushRule>): PushRule => ({
  rule_id: 'own',
  default: false,
  enabled: true,
  actions: ['notify', { set_tweak: 'sound', value: 'own.wav' }],
  ...changes,
});
const withRules = (rules: OwnRules['rules']): OwnRules => ({ rules, changes: new Map() });

describe('rules of users', () => {
  it.each<[string, OwnRules['rules'], Given, string]>([
    ['a word', { content: [rule({ pattern: 'CAKE' })] }, { content: text('more cake!') }, 'notify own.wav'],
    ['a word that is not there', { content: [rule({ pattern: 'cake' })] }, { content: text('pancakes') }, 'notify'],
    [
      'a pattern',
      { content: [rule({ pattern: 'cake*lie' })] },
      { content: text('the cake is a lie') },
      'notify own.wav',
    ],
    ['the room', { room: [rule({ rule_id: '!r:one', actions: [] })] }, {}, 'silent'],
    ['another room', { room: [rule({ rule_id: '!s:one', actions: [] })] }, {}, 'notify'],
    ['the sender', { sender: [rule({ rule_id: '@bob:one', actions: ['dont_notify'] })] }, {}, 'silent'],
    ['another sender', { sender: [rule({ rule_id: '@carol:one', actions: [] })] }, {}, 'notify'],
    ['a rule without conditions', { override: [rule({})] }, { type: 'm.reaction', content: {} }, 'notify own.wav'],
    ['a rule that is off', { override: [rule({ enabled: false })] }, {}, 'notify'],
    ['the first of two', { override: [rule({ actions: [] }), rule({ rule_id: 'second' })] }, {}, 'silent'],
    [
      'override before room',
      { override: [rule({})], room: [rule({ rule_id: '!r:one', actions: [] })] },
      {},
      'notify own.wav',
    ],
    [
      'content before room',
      { content: [rule({ pattern: 'hello' })], room: [rule({ rule_id: '!r:one', actions: [] })] },
      {},
      'notify own.wav',
    ],
    [
      'room before sender',
      { room: [rule({ rule_id: '!r:one', actions: [] })], sender: [rule({ rule_id: '@bob:one' })] },
      {},
      'silent',
    ],
    ['an own underride before the default ones', { underride: [rule({ conditions: [] })] }, {}, 'notify own.wav'],
    [
      'own override before the default ones',
      { override: [rule({ conditions: [] })] },
      { content: mentions({ user_ids: ['@alice:one'] }) },
      'notify own.wav',
    ],
    [
      'a content rule of an event with mentions',
      { content: [rule({ pattern: 'alice' })] },
      { content: mentions({}) },
      'notify own.wav',
    ],
  ])('%s', (_case, rules, given, expected) => expect(outcome(given, withRules(rules))).toBe(expected));

  it.each<[string, PushRule['actions'], string]>([
    ['notify with a highlight that says nothing', ['notify', { set_tweak: 'highlight' }], 'notify highlight'],
    ['a highlight of true', ['notify', { set_tweak: 'highlight', value: true }], 'notify highlight'],
    ['a highlight of false', ['notify', { set_tweak: 'highlight', value: false }], 'notify'],
    ['a highlight without notify', [{ set_tweak: 'highlight' }], 'silent'],
    ['actions of old', ['dont_notify', 'coalesce'], 'silent'],
    ['an action of old beside notify', ['coalesce', 'notify'], 'notify'],
    ['a sound that is no text', ['notify', { set_tweak: 'sound', value: 1 }], 'notify'],
  ])('does what the actions say: %s', (_case, actions, expected) =>
    expect(outcome({}, withRules({ override: [rule({ actions })] }))).toBe(expected),
  );
});

describe('conditions', () => {
  const state: Given = {
    type: 'm.room.topic',
    state_key: '',
    memberCount: 5,
    content: { topic: 'Lunch plans', n: 7, yes: true, none: null, list: ['a', 1, null, [2]], 'a.b': { c: 'x' }, o: {} },
  };

  it.each<[PushCondition, boolean]>([
    [{ kind: 'event_match', key: 'content.topic', pattern: 'lunc?*' }, true],
    [{ kind: 'event_match', key: 'content.topic', pattern: 'LUNCH PLANS' }, true],
    [{ kind: 'event_match', key: 'content.topic', pattern: 'lunch' }, false],
    [{ kind: 'event_match', key: 'content.topic', pattern: 'plans' }, false],
    [{ kind: 'event_match', key: 'content.missing', pattern: '*' }, false],
    [{ kind: 'event_match', key: 'content.n', pattern: '*' }, false],
    [{ kind: 'event_match', key: 'content.none', pattern: '*' }, false],
    [{ kind: 'event_match', key: 'content.a\\.b.c', pattern: 'x' }, true],
    [{ kind: 'event_match', key: 'content.a.b.c', pattern: 'x' }, false],
    [{ kind: 'event_match', key: 'room_id', pattern: '!r:one' }, true],
    [{ kind: 'event_match', key: 'sender', pattern: '@bob:*' }, true],
    [{ kind: 'event_match', key: 'state_key', pattern: '' }, true],
    [{ kind: 'event_match', key: 'event_id', pattern: '$e' }, true],
    [{ kind: 'event_match', key: 'type' }, false],
    [{ kind: 'event_match', pattern: '*' }, false],
    [{ kind: 'event_property_is', key: 'content.n', value: 7 }, true],
    [{ kind: 'event_property_is', key: 'content.n', value: '7' }, false],
    [{ kind: 'event_property_is', key: 'content.yes', value: true }, true],
    [{ kind: 'event_property_is', key: 'content.yes', value: 1 }, false],
    [{ kind: 'event_property_is', key: 'content.none', value: null }, true],
    [{ kind: 'event_property_is', key: 'content.missing', value: null }, false],
    [{ kind: 'event_property_is', key: 'content.topic', value: 'lunch plans' }, false],
    [{ kind: 'event_property_is', key: 'content.o', value: {} }, false],
    [{ kind: 'event_property_is', key: 'content.missing' }, false],
    [{ kind: 'event_property_contains', key: 'content.list', value: 'a' }, true],
    [{ kind: 'event_property_contains', key: 'content.list', value: null }, true],
    [{ kind: 'event_property_contains', key: 'content.list', value: 'A' }, false],
    [{ kind: 'event_property_contains', key: 'content.list', value: 2 }, false],
    [{ kind: 'event_property_contains', key: 'content.topic', value: 'L' }, false],
    [{ kind: 'room_member_count', is: '5' }, true],
    [{ kind: 'room_member_count', is: '==5' }, true],
    [{ kind: 'room_member_count', is: '<5' }, false],
    [{ kind: 'room_member_count', is: '<=5' }, true],
    [{ kind: 'room_member_count', is: '>4' }, true],
    [{ kind: 'room_member_count', is: '>=6' }, false],
    [{ kind: 'room_member_count', is: '=5' }, false],
    [{ kind: 'room_member_count', is: '' }, false],
    [{ kind: 'room_member_count' }, false],
    [{ kind: 'sender_notification_permission' }, false],
    [{ kind: 'org.example.unknown' }, false],
  ])('%j: %s', (condition, holds) => {
    const own = withRules({ override: [rule({ conditions: [condition] })] });
    expect(outcome(state, own)).toBe(holds ? 'notify own.wav' : 'silent');
  });

  it('need all to hold', () => {
    const conditions = [{ kind: 'room_member_count', is: '5' }, { kind: 'contains_display_name' }];
    expect(outcome({ ...state }, withRules({ override: [rule({ conditions })] }))).toBe('silent');
  });
});

describe('rulesets', () => {
  it('speak to users of themselves', () => {
    const rules = rulesFor('@alice:one', DEFAULT_RULES);
    expect(JSON.stringify(rules)).not.toContain('\\u0000');
    expect(rules.content[0]?.pattern).toBe('alice');
    expect(JSON.stringify(rules.override)).toContain('"value":"@alice:one"');
    expect(JSON.stringify(rules.override)).toContain('"pattern":"@alice:one"');
  });

  it('say the same after they are written for a user and read again', () => {
    const written = compileRules(JSON.parse(JSON.stringify(rulesFor('@alice:one', DEFAULT_RULES))));
    for (const content of [mentions({ user_ids: ['@alice:one'] }), text('alice'), text('x')]) {
      const event = pushEvent({ content });
      expect(evaluatePushRules(event, written, alice)).toEqual(evaluatePushRules(event, DEFAULT_COMPILED, alice));
    }
  });

  it('have the master rule first, then those of the user, then the default ones', () => {
    const merged = mergeRules(DEFAULT_RULES, withRules({ override: [rule({})], content: [rule({ pattern: 'x' })] }));
    expect(merged.override.slice(0, 3).map(({ rule_id }) => rule_id)).toEqual([
      '.m.rule.master',
      'own',
      '.m.rule.suppress_notices',
    ]);
    expect(merged.content.map(({ rule_id }) => rule_id)).toEqual(['own', '.m.rule.contains_user_name']);
  });

  it('are the same object for all who changed nothing', () => {
    expect(compileOwnRules(noOwnRules)).toBe(DEFAULT_COMPILED);
    expect(compileOwnRules(withRules({ room: [] }))).toBe(DEFAULT_COMPILED);
  });

  it('check what clients send', () => {
    const [actions, conditions] = [Compile(pushActions), Compile(pushConditions)];
    expect(actions.Check(['notify', { set_tweak: 'sound', value: 'x' }])).toBe(true);
    expect(actions.Check(['shout'])).toBe(false);
    expect(actions.Check([{ set: 'sound' }])).toBe(false);
    expect(conditions.Check([{ kind: 'anything', else: 1 }])).toBe(true);
    expect(conditions.Check([{ key: 'type' }])).toBe(false);
  });
});

it('asks once for all readers what does not depend on them', () => {
  const event = pushEvent({ content: mentions({ user_ids: ['@u7:one'] }) });
  const readers = Array.from({ length: 2000 }, (_, n) => ({ userId: `@u${n}:one` as const, displayName: `U ${n}` }));
  const highlighted = readers.filter((reader) => evaluatePushRules(event, DEFAULT_COMPILED, reader).highlight);
  expect(highlighted.map(({ userId }) => userId)).toEqual(['@u7:one']);
});

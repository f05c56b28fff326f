import type { PushAction, PushCondition, PushRule, PushRuleset } from './ruleset.js';
import { READER_ID, READER_LOCALPART } from './ruleset.js';

const notify: PushAction = 'notify';
const highlight: PushAction = { set_tweak: 'highlight' };
const sound: PushAction = { set_tweak: 'sound', value: 'default' };
const ring: PushAction = { set_tweak: 'sound', value: 'ring' };

const matches = (key: string, pattern: string): PushCondition => ({ kind: 'event_match', key, pattern });
const hasType = (type: string): PushCondition => matches('type', type);
const ofTwo: PushCondition = { kind: 'room_member_count', is: '2' };
const senderMayNotifyRoom: PushCondition = { kind: 'sender_notification_permission', key: 'room' };

const rule = (rule_id: string, conditions: readonly PushCondition[], actions: readonly PushAction[]): PushRule => ({
  rule_id,
  default: true,
  enabled: true,
  conditions,
  actions,
});

const override: readonly PushRule[] = [
  { ...rule('.m.rule.master', [], []), enabled: false },
  rule('.m.rule.suppress_notices', [matches('content.msgtype', 'm.notice')], []),
  rule(
    '.m.rule.invite_for_me',
    [hasType('m.room.member'), matches('content.membership', 'invite'), matches('state_key', READER_ID)],
    [notify, sound],
  ),
  rule('.m.rule.member_event', [hasType('m.room.member')], []),
  rule(
    '.m.rule.is_user_mention',
    [{ kind: 'event_property_contains', key: 'content.m\\.mentions.user_ids', value: READER_ID }],
    [notify, sound, highlight],
  ),
  rule('.m.rule.contains_display_name', [{ kind: 'contains_display_name' }], [notify, sound, highlight]),
  rule(
    '.m.rule.is_room_mention',
    [{ kind: 'event_property_is', key: 'content.m\\.mentions.room', value: true }, senderMayNotifyRoom],
    [notify, highlight],
  ),
  rule('.m.rule.roomnotif', [matches('content.body', '@room'), senderMayNotifyRoom], [notify, highlight]),
  rule('.m.rule.tombstone', [hasType('m.room.tombstone'), matches('state_key', '')], [notify, highlight]),
  rule('.m.rule.reaction', [hasType('m.reaction')], []),
  rule('.m.rule.room.server_acl', [hasType('m.room.server_acl'), matches('state_key', '')], []),
  rule(
    '.m.rule.suppress_edits',
    [{ kind: 'event_property_is', key: 'content.m\\.relates_to.rel_type', value: 'm.replace' }],
    [],
  ),
  rule('.org.matrix.msc3930.rule.poll_response', [hasType('org.matrix.msc3381.poll.response')], []),
];

const content: readonly PushRule[] = [
  {
    rule_id: '.m.rule.contains_user_name',
    default: true,
    enabled: true,
    pattern: READER_LOCALPART,
    actions: [notify, sound, highlight],
  },
];

const underride: readonly PushRule[] = [
  rule('.m.rule.call', [hasType('m.call.invite')], [notify, ring]),
  rule('.m.rule.encrypted_room_one_to_one', [ofTwo, hasType('m.room.encrypted')], [notify, sound]),
  rule('.m.rule.room_one_to_one', [ofTwo, hasType('m.room.message')], [notify, sound]),
  rule('.m.rule.message', [hasType('m.room.message')], [notify]),
  rule('.m.rule.encrypted', [hasType('m.room.encrypted')], [notify]),
  ...(['start', 'end'] as const).flatMap((act) => [
    rule(
      `.org.matrix.msc3930.rule.poll_${act}_one_to_one`,
      [ofTwo, hasType(`org.matrix.msc3381.poll.${act}`)],
      [notify, sound],
    ),
    rule(`.org.matrix.msc3930.rule.poll_${act}`, [hasType(`org.matrix.msc3381.poll.${act}`)], [notify]),
  ]),
];

/**
 * The rules that everybody has; where they speak of the reader they hold placeholders, which `rulesFor` fills in. Polls
 * are those of MSC3930.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#predefined-rules
 */
export const DEFAULT_RULES: PushRuleset = { override, content, postcontent: [], room: [], sender: [], underride };

const ofThread = (subscribed: boolean): PushCondition => ({
  kind: 'io.element.msc4306.thread_subscription',
  subscribed,
});

/**
 * The same where people hear of the threads that they subscribed to, and of no others.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/4306
 */
export const DEFAULT_RULES_WITH_THREADS: PushRuleset = {
  ...DEFAULT_RULES,
  postcontent: [
    rule('.io.element.msc4306.rule.unsubscribed_thread', [ofThread(false)], []),
    rule('.io.element.msc4306.rule.subscribed_thread', [ofThread(true)], [notify, sound]),
  ],
};

/**
 * Rules that find mentions in the text of a message. The spec dropped them in v1.17, but clients and bridges that do
 * not say whom they mention still rely on them; they count for events without `m.mentions` only.
 */
export const LEGACY_MENTION_RULES: ReadonlySet<string> = new Set([
  '.m.rule.contains_display_name',
  '.m.rule.roomnotif',
  '.m.rule.contains_user_name',
]);

import type { JsonObject } from '../../src-main/base/json.js';
import type { EventId, RoomId, UserId } from '../../src-main/spec/ids.js';

/** What contents may speak of. */
export interface Subjects {
  readonly roomId: RoomId;
  readonly alias: string;
  /** some that exist, and one that does not */
  readonly eventIds: readonly EventId[];
  readonly users: readonly UserId[];
}

/** State that the server itself reads: [type, state key, content]. */
export const stateContents = ({ roomId, alias, users, eventIds }: Subjects): [string, string, JsonObject][] => [
  ['m.room.name', '', { name: 'A room' }],
  ['m.room.topic', '', { topic: 'words', 'm.topic': { 'm.text': [{ body: 'words' }] } }],
  ['m.room.avatar', '', { url: 'mxc://hearth.test/abc', info: { h: 1, w: 1 } }],
  ['m.room.canonical_alias', '', { alias, alt_aliases: [alias] }],
  ['m.room.join_rules', '', { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: roomId }] }],
  ['m.room.join_rules', '', { join_rule: 'public' }],
  ['m.room.history_visibility', '', { history_visibility: 'joined' }],
  ['m.room.guest_access', '', { guest_access: 'can_join' }],
  ['m.room.encryption', '', { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_ms: 1 }],
  ['m.room.server_acl', '', { allow: ['*'], deny: ['*.evil.test'], allow_ip_literals: false }],
  ['m.room.tombstone', '', { body: 'moved', replacement_room: roomId }],
  ['m.room.pinned_events', '', { pinned: [...eventIds] }],
  [
    'm.room.power_levels',
    '',
    { users: { [users[0] ?? '']: 100 }, events: { 'm.room.name': 50 }, users_default: 0, notifications: { room: 50 } },
  ],
  ['m.room.member', users[0] ?? '', { membership: 'join', displayname: 'Alice', avatar_url: 'mxc://a/b' }],
  ['m.room.member', users[1] ?? '', { membership: 'invite', reason: 'please', is_direct: true }],
  [
    'm.room.third_party_invite',
    'x',
    { display_name: 'x', key_validity_url: 'https://a.test', public_key: 'abc', public_keys: [{ public_key: 'abc' }] },
  ],
  ['m.space.child', roomId, { via: ['hearth.test'], order: 'a', suggested: true }],
  ['m.space.parent', roomId, { via: ['hearth.test'], canonical: true }],
  ['m.room.create', '', { room_version: '11' }],
];

/** Messages that relate to others in every way: [type, content]. */
export function messageContents({ eventIds: [root = '$x', other = '$y'], users }: Subjects): [string, JsonObject][] {
  const text = { msgtype: 'm.text', body: 'text' };
  return [
    ['m.room.message', { ...text, format: 'org.matrix.custom.html', formatted_body: '<b>text</b>' }],
    ['m.room.message', { ...text, 'm.mentions': { user_ids: [...users], room: true } }],
    ['m.room.message', { ...text, 'm.new_content': text, 'm.relates_to': { rel_type: 'm.replace', event_id: root } }],
    [
      'm.room.message',
      {
        ...text,
        'm.relates_to': {
          rel_type: 'm.thread',
          event_id: root,
          is_falling_back: true,
          'm.in_reply_to': { event_id: other },
        },
      },
    ],
    ['m.room.message', { ...text, 'm.relates_to': { rel_type: 'm.reference', event_id: other } }],
    ['m.room.message', { ...text, 'm.relates_to': { 'm.in_reply_to': { event_id: other } } }],
    [
      'm.room.message',
      { msgtype: 'm.image', body: 'a.png', url: 'mxc://a/b', info: { size: 1, thumbnail_info: { w: 1 } } },
    ],
    ['m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: root, key: '👍' } }],
    [
      'm.room.encrypted',
      { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x', session_id: 'y', device_id: 'z', sender_key: 'k' },
    ],
    ['m.room.redaction', { redacts: other, reason: 'spam' }],
    ['m.room.member', { membership: 'join' }],
    ['m.poll.start', { 'm.poll': { question: { 'm.text': [{ body: 'Q' }] }, answers: [{ id: 'a' }] } }],
  ];
}

/** Account data that the server itself reads: [type, content]. */
export const accountDataContents = ({ users, roomId, eventIds }: Subjects): [string, JsonObject][] => [
  ['m.ignored_user_list', { ignored_users: { [users[1] ?? '']: {} } }],
  ['m.direct', { [users[1] ?? '']: [roomId] }],
  ['m.tag', { tags: { 'm.favourite': { order: 0.5 } } }],
  ['m.fully_read', { event_id: eventIds[0] ?? '' }],
  ['m.push_rules', { global: { override: [] } }],
  ['org.example.any', { a: [1, { b: null }] }],
];

/** Push rules of each kind: [kind, rule id, body]. */
export const pushRules = ({ roomId, users }: Subjects): [string, string, JsonObject][] => [
  ['override', 'mine', { actions: ['notify', { set_tweak: 'highlight' }], conditions: CONDITIONS }],
  ['underride', 'mine', { actions: [{ set_tweak: 'sound', value: 'default' }], conditions: CONDITIONS }],
  ['content', 'word', { actions: ['notify'], pattern: 'te*t' }],
  ['room', roomId, { actions: [] }],
  ['sender', users[1] ?? '', { actions: ['dont_notify'] }],
];
const CONDITIONS = [
  { kind: 'event_match', key: 'content.body', pattern: '*e?t' },
  { kind: 'event_property_is', key: 'content.m\\.relates_to.rel_type', value: 'm.thread' },
  { kind: 'event_property_contains', key: 'content.m\\.mentions.user_ids', value: 'x' },
  { kind: 'room_member_count', is: '>=2' },
  { kind: 'sender_notification_permission', key: 'room' },
  { kind: 'contains_display_name' },
];

export const syncFilters = ({ roomId, users }: Subjects): JsonObject[] => [
  {
    event_fields: ['type', 'content.body', 'content.m\\.relates_to'],
    event_format: 'federation',
    presence: { types: ['m.presence'], not_senders: [...users] },
    account_data: { limit: 1, types: ['*'] },
    room: {
      rooms: [roomId],
      include_leave: true,
      state: { lazy_load_members: true, include_redundant_members: true, not_types: ['m.room.name'] },
      timeline: {
        limit: 3,
        contains_url: false,
        unread_thread_notifications: true,
        related_by_rel_types: ['m.thread'],
      },
      ephemeral: { not_rooms: ['!x:y'] },
    },
  },
];

export const createRoomBodies = ({ users }: Subjects): JsonObject[] => [
  {
    preset: 'private_chat',
    visibility: 'public',
    name: 'n',
    topic: 't',
    invite: [users[1] ?? ''],
    is_direct: true,
    room_version: '10',
    creation_content: {
      type: 'm.space',
      'm.federate': false,
      predecessor: { room_id: '!x:y', event_id: '$z' },
      additional_creators: [],
    },
    initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    power_level_content_override: { users_default: 1, events: { 'm.room.name': 1 } },
  },
];

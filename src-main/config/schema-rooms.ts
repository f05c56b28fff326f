import { Type } from 'typebox';
import { ROOM_VERSIONS } from '../spec/room-version.js';
import { duration, flag, oneOf, section, text } from './shapes.js';

/** The first rule that fits decides; where none does, the answer is no. */
const directoryRules = () =>
  Type.Array(section({ user_id: glob(), alias: glob(), room_id: glob() }, { action: oneOf('allow', 'deny') }), {
    allowed: 'a list of rules with `action`, and `user_id`, `alias` and `room_id` as patterns',
  });
const glob = () => Type.String({ allowed: 'a pattern in which * stands for any characters' });
const levels = () =>
  Type.Object({}, { additionalProperties: true, allowed: 'a section as the content of m.room.power_levels' });

/** What rooms are like, and what people are told of what happens in them. */
export const rooms = {
  default_room_version: Type.Union(
    [Type.Enum([...ROOM_VERSIONS]), Type.Integer({ minimum: 1, maximum: ROOM_VERSIONS.length })],
    {
      allowed: `a room version from "1" to "${ROOM_VERSIONS.length}"`,
    },
  ),
  // YAML reads a bare `off` as false
  encryption_enabled_by_default_for_room_type: Type.Union([Type.Enum(['all', 'invite', 'off']), Type.Literal(false)], {
    allowed: 'one of `all`, `invite`, `off`',
  }),
  allow_public_rooms_without_auth: flag(),
  auto_join_rooms: Type.Array(Type.String({ pattern: '^[#!]', allowed: 'an alias such as #room:example.com' })),
  autocreate_auto_join_rooms: flag(),
  autocreate_auto_join_rooms_federated: flag(),
  autocreate_auto_join_room_preset: oneOf('public_chat', 'private_chat', 'trusted_private_chat'),
  auto_join_mxid_localpart: Type.String({ pattern: '^[^@:]+$', allowed: 'a name without @ and server' }),
  auto_join_rooms_for_guests: flag(),
  server_notices: section(
    {
      system_mxid_display_name: text(),
      system_mxid_avatar_url: text(),
      room_name: text(),
      room_avatar_url: text(),
      room_topic: text(),
      auto_join: flag(),
    },
    { system_mxid_localpart: Type.String({ pattern: '^[^@:]+$', allowed: 'a name without @ and server' }) },
  ),
  presence: section({
    enabled: Type.Union([Type.Boolean(), Type.Literal('untracked')], { allowed: 'true, false or untracked' }),
    include_offline_users_on_sync: flag(),
  }),
  use_presence: flag(),
  push: section({
    enabled: flag(),
    include_content: flag(),
    group_unread_count_by_room: flag(),
    jitter_delay: duration(),
  }),
  retention: section({
    enabled: flag(),
    default_policy: section({ min_lifetime: duration(), max_lifetime: duration() }),
    allowed_lifetime_min: duration(),
    allowed_lifetime_max: duration(),
    purge_jobs: Type.Array(
      section({ shortest_max_lifetime: duration(), longest_max_lifetime: duration() }, { interval: duration() }),
    ),
  }),
  experimental_features: section({ msc4306_enabled: flag() }),
  enable_search: flag(),
  alias_creation_rules: directoryRules(),
  room_list_publication_rules: directoryRules(),
  require_membership_for_aliases: flag(),
  enable_room_list_search: flag(),
  block_non_admin_invites: flag(),
  default_power_level_content_override: section({
    private_chat: levels(),
    trusted_private_chat: levels(),
    public_chat: levels(),
  }),
  user_directory: section({
    enabled: flag(),
    search_all_users: flag(),
    prefer_local_users: flag(),
    exclude_remote_users: flag(),
    show_locked_users: flag(),
  }),
};

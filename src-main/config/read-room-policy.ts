import type { DirectoryRule, RoomPolicyConfig } from './config.js';
import type { FileValues } from './schema.js';

/** What people here may do with rooms beyond what the rooms themselves say. */
export const readRoomPolicy = (values: FileValues, defaults: RoomPolicyConfig): RoomPolicyConfig => ({
  aliasRules: values.alias_creation_rules?.map(ruleOf) ?? defaults.aliasRules,
  aliasesByMembersOnly: values.require_membership_for_aliases ?? defaults.aliasesByMembersOnly,
  publicationRules: values.room_list_publication_rules?.map(ruleOf) ?? defaults.publicationRules,
  hasDirectory: values.enable_room_list_search ?? defaults.hasDirectory,
  invitesByAdminsOnly: values.block_non_admin_invites ?? defaults.invitesByAdminsOnly,
  powerLevels: { ...defaults.powerLevels, ...(values.default_power_level_content_override as PowerLevels) },
});

/** As YAML has it. */
type PowerLevels = RoomPolicyConfig['powerLevels'];

type RuleValues = NonNullable<FileValues['alias_creation_rules']>[number];

const ruleOf = ({ user_id: userId = '*', alias = '*', room_id: roomId = '*', action }: RuleValues): DirectoryRule => ({
  userId,
  alias,
  roomId,
  allows: action === 'allow',
});

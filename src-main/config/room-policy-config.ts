import type { JsonObject } from '../base/json.js';

/** What one rule says of room names or of published rooms; the first rule that fits decides. */
export interface DirectoryRule {
  /** patterns with `*` for any characters; all must fit */
  readonly userId: string;
  readonly alias: string;
  readonly roomId: string;
  readonly allows: boolean;
}

/** What people here may do with rooms beyond what the rooms themselves say. */
export interface RoomPolicyConfig {
  /** who may give which names to which rooms */
  readonly aliasRules: readonly DirectoryRule[];
  /** only people in a room may name it */
  readonly aliasesByMembersOnly: boolean;
  /** who may show which rooms in the directory */
  readonly publicationRules: readonly DirectoryRule[];
  /** there is a directory of rooms, of this server and of others */
  readonly hasDirectory: boolean;
  readonly invitesByAdminsOnly: boolean;
  /** what a preset's first power levels say instead of what they would */
  readonly powerLevels: Readonly<Record<string, JsonObject>>;
}

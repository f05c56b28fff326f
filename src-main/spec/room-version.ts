import type { RoomVersion } from './ids.js';

/**
 * What a room version changes. Code asks for a fact (`rules.knocking`), never for a number.
 *
 * @see https://spec.matrix.org/v1.19/rooms/
 */
export interface RoomVersionRules {
  readonly version: RoomVersion;
  /** `random`: chosen by the sending server and part of the PDU; otherwise the reference hash of the event. */
  readonly eventIds: 'random' | 'reference-hash-base64' | 'reference-hash-url-safe';
  /** `prev_events` and `auth_events` as pairs `[id, hashes]` or as plain ids. */
  readonly eventReferences: 'pairs' | 'ids';
  readonly stateResolution: 'v1' | 'v2' | 'v2.1';
  /** Refuse events whose JSON is not canonical (floats, integers past 2^53 - 1). */
  readonly strictCanonicalJson: boolean;
  /** Keys have at most 255 bytes; before, servers counted characters, and rooms hold events that differ. */
  readonly keyLimitInBytes: boolean;
  /** A signing key must be valid at the event's `origin_server_ts`. */
  readonly enforceKeyValidity: boolean;
  /** `m.room.redaction` has a rule among the auth rules; otherwise it is checked when it is applied. */
  readonly redactionAuthRule: boolean;
  /** `m.room.aliases` has a rule among the auth rules, and keeps `aliases` when redacted. */
  readonly aliasesAuthRule: boolean;
  /** Changes of `notifications` in power levels are checked. */
  readonly notificationLevelsAuthRule: boolean;
  readonly knocking: boolean;
  readonly restrictedJoins: boolean;
  readonly knockRestricted: boolean;
  /** Redaction keeps `join_authorised_via_users_server` of a member event. */
  readonly redactionKeepsAuthorisingUser: boolean;
  /** Power levels must be JSON integers; before, strings of digits counted too. */
  readonly integerPowerLevels: boolean;
  /** The redaction rules of version 11: all of create, `invite` of power levels, `redacts` of redactions, fewer top-level keys. */
  readonly redactionRulesOf11: boolean;
  /** The creator is named in `content.creator`; otherwise it is the sender of the create event. */
  readonly creatorInContent: boolean;
  /** `redacts` lies in `content`; before, at the top level. */
  readonly redactsInContent: boolean;
  /** The room id is the hash of the create event, which then has no `room_id` and is nobody's auth event. */
  readonly roomIdIsCreateHash: boolean;
  /** Creators (sender and `additional_creators`) stand above every power level. */
  readonly privilegedCreators: boolean;
}

const v1: RoomVersionRules = {
  version: '1',
  eventIds: 'random',
  eventReferences: 'pairs',
  stateResolution: 'v1',
  strictCanonicalJson: false,
  keyLimitInBytes: false,
  enforceKeyValidity: false,
  redactionAuthRule: true,
  aliasesAuthRule: true,
  notificationLevelsAuthRule: false,
  knocking: false,
  restrictedJoins: false,
  knockRestricted: false,
  redactionKeepsAuthorisingUser: false,
  integerPowerLevels: false,
  redactionRulesOf11: false,
  creatorInContent: true,
  redactsInContent: false,
  roomIdIsCreateHash: false,
  privilegedCreators: false,
};
const v2: RoomVersionRules = { ...v1, version: '2', stateResolution: 'v2' };
const v3: RoomVersionRules = {
  ...v2,
  version: '3',
  eventIds: 'reference-hash-base64',
  eventReferences: 'ids',
  redactionAuthRule: false,
};
const v4: RoomVersionRules = { ...v3, version: '4', eventIds: 'reference-hash-url-safe' };
const v5: RoomVersionRules = { ...v4, version: '5', enforceKeyValidity: true };
const v6: RoomVersionRules = {
  ...v5,
  version: '6',
  strictCanonicalJson: true,
  aliasesAuthRule: false,
  notificationLevelsAuthRule: true,
};
const v7: RoomVersionRules = { ...v6, version: '7', knocking: true };
const v8: RoomVersionRules = { ...v7, version: '8', restrictedJoins: true };
const v9: RoomVersionRules = { ...v8, version: '9', redactionKeepsAuthorisingUser: true };
const v10: RoomVersionRules = { ...v9, version: '10', knockRestricted: true, integerPowerLevels: true };
const v11: RoomVersionRules = {
  ...v10,
  version: '11',
  keyLimitInBytes: true,
  redactionRulesOf11: true,
  creatorInContent: false,
  redactsInContent: true,
};
const v12: RoomVersionRules = {
  ...v11,
  version: '12',
  stateResolution: 'v2.1',
  roomIdIsCreateHash: true,
  privilegedCreators: true,
};

const ALL = new Map([v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12].map((rules) => [rules.version, rules]));

/** The version of new rooms that ask for none. */
export const DEFAULT_ROOM_VERSION: RoomVersion = '12';

/** All versions that this server knows, oldest first. */
export const ROOM_VERSIONS: readonly RoomVersion[] = [...ALL.keys()];

/** The facts of `version`, or undefined when this server does not know it. */
export const roomVersionRules = (version: RoomVersion): RoomVersionRules | undefined => ALL.get(version);

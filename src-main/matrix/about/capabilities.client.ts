import type { Config } from '../../config/config.js';
import { endpoint } from '../../http/endpoint.js';
import { ROOM_VERSIONS } from '../../spec/room-version.js';

const AVAILABLE_ROOM_VERSIONS = Object.fromEntries(ROOM_VERSIONS.map((version) => [version, 'stable']));

/** What users may do here beyond what all servers allow. @see https://spec.matrix.org/v1.19/client-server-api/#capabilities-negotiation */
export function capabilities(
  { passwords, profiles, rooms, thirdParty }: Pick<Config, 'passwords' | 'profiles' | 'rooms' | 'thirdParty'>,
  { isAdmin }: { readonly isAdmin: boolean },
) {
  const { displayNameChangeAllowed, avatarChangeAllowed } = profiles;
  const disallowed = [
    ...(displayNameChangeAllowed ? [] : ['displayname']),
    ...(avatarChangeAllowed ? [] : ['avatar_url']),
  ];
  return {
    'm.room_versions': { default: rooms.defaultVersion, available: AVAILABLE_ROOM_VERSIONS },
    'm.change_password': { enabled: passwords.enabled },
    'm.set_displayname': { enabled: displayNameChangeAllowed },
    'm.set_avatar_url': { enabled: avatarChangeAllowed },
    'm.profile_fields': { enabled: true, ...(disallowed.length > 0 ? { disallowed } : {}) },
    'm.3pid_changes': { enabled: thirdParty.changesAllowed },
    'm.get_login_token': { enabled: passwords.enabled },
    'm.forget_forced_upon_leave': { enabled: false },
    ...(isAdmin && { 'm.account_moderation': { suspend: true, lock: true } }),
  };
}

export const capabilitiesEndpoints = (config: Config) => [
  endpoint({
    spec: 'client-server/capabilities.yaml#getCapabilities',
    method: 'GET',
    path: '/_matrix/client/v3/capabilities',
    r0: true,
    auth: 'guest',
    async handle({ caller }) {
      return { capabilities: capabilities(config, caller) };
    },
  }),
];

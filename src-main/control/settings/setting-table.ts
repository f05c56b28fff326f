import type { Config } from '../../config/config.js';
import type { Edit } from '../../config/save.js';
import type { SettingKey, SettingValue } from '../contract.js';

/** A setting: what the configuration says of it, and what is to be written for another value. */
export interface Setting {
  read(config: Config): SettingValue;
  write(value: SettingValue): Edit[];
}

const flag = (path: Edit['path'], read: (config: Config) => boolean): Setting => ({
  read,
  write: (value) => [{ path, value }],
});

const NOTICES = {
  system_mxid_localpart: 'notices',
  system_mxid_display_name: 'Server',
  room_name: 'Server notices',
};

/** All of them. What a value may be is for the configuration to say: there is one place for that. */
export const SETTINGS: Readonly<Record<SettingKey, Setting>> = {
  registration: {
    read({ registration: { enabled, requiresToken } }) {
      if (!enabled) return 'closed';
      return requiresToken ? 'invitation' : 'open';
    },
    write: (value) => [
      { path: ['enable_registration'], value: value !== 'closed' },
      { path: ['registration_requires_token'], value: value !== 'open' },
      { path: ['enable_registration_without_verification'], value: value === 'open' ? true : undefined },
    ],
  },
  guests: flag(['allow_guest_access'], ({ registration }) => registration.guests),
  presence: flag(['presence', 'enabled'], ({ presence }) => presence.enabled),
  previews: flag(['url_preview_enabled'], ({ urlPreviews }) => urlPreviews.enabled),
  directory: flag(['user_directory', 'search_all_users'], ({ userDirectory }) => userDirectory.searchAllUsers),
  publicRooms: flag(['allow_public_rooms_over_federation'], ({ federation }) => federation.publicRooms),
  profileLookup: flag(['allow_profile_lookup_over_federation'], ({ federation }) => federation.allowProfileLookup),
  uploadSize: {
    read: ({ media }) => media.maxUploadSize,
    write: (value) => [{ path: ['max_upload_size'], value }],
  },
  messageRate: {
    read: ({ rateLimits }) => rateLimits.message.perSecond,
    write: (value) => [
      { path: ['rc_message', 'per_second'], value },
      // whoever may say more at length may say more at once
      { path: ['rc_message', 'burst_count'], value: typeof value === 'number' ? Math.ceil(value * 50) : value },
    ],
  },
  logLevel: {
    read: ({ log }) => log.level,
    write: (value) => [{ path: ['log', 'level'], value }],
  },
  notices: {
    read: ({ rooms }) => rooms.serverNotices !== undefined,
    write: (value) => [{ path: ['server_notices'], value: value === true ? NOTICES : undefined }],
  },
};

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

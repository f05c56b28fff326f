import { resolve } from 'node:path';
import { isObject } from '../base/json.js';
import type { Config, RateLimit } from './config.js';
import type { Notes } from './notes.js';
import { readRetention } from './read-retention.js';
import { readRoomPolicy } from './read-room-policy.js';
import type { FileValues } from './schema.js';
import { readSecretFile } from './secrets.js';
import { parseDuration, parseSize } from './units.js';

/** Bytes of caches at Synapse's `global_factor: 1`; at its default of 0.5 they are ours. */
const BYTES_AT_FACTOR_ONE = 128 * 1024 * 1024;
/** With less, what was given out a moment ago (nonces, pages of spaces) would be forgotten before it is used. */
const LEAST_CACHE_BYTES = 1024 * 1024;

/** Bytes from other servers for one address. */
function readRemoteDownloads(values: FileValues, defaults: RateLimit): RateLimit {
  const { remote_media_download_per_second: perSecond, remote_media_download_burst_count: burst } = values;
  return {
    perSecond: perSecond === undefined ? defaults.perSecond : parseSize(perSecond),
    burst: burst === undefined ? defaults.burst : parseSize(burst),
  };
}

export function readMedia(values: FileValues, home: string, defaults: Config['media']): Config['media'] {
  const { media_store_path: path, max_upload_size: upload, max_image_pixels: pixels } = values;
  const { remote_media_lifetime: remote, local_media_lifetime: local } = values.media_retention ?? {};
  const { max_pending_media_uploads: pending, unused_expiration_time: unused } = values;
  return {
    storePath: path === undefined ? defaults.storePath : resolve(home, path),
    maxUploadSize: upload === undefined ? defaults.maxUploadSize : parseSize(upload),
    uploadLimits:
      values.media_upload_limits?.map(({ time_period: period, max_size: most }) => ({
        period: parseDuration(period),
        maxSize: parseSize(most),
      })) ?? defaults.uploadLimits,
    limit: values.media_storage_limit === undefined ? defaults.limit : parseSize(values.media_storage_limit),
    adminContact: values.admin_contact === undefined ? defaults.adminContact : String(values.admin_contact),
    maxImagePixels: pixels === undefined ? defaults.maxImagePixels : parseSize(pixels),
    dynamicThumbnails: values.dynamic_thumbnails ?? defaults.dynamicThumbnails,
    thumbnailSizes: values.thumbnail_sizes ?? defaults.thumbnailSizes,
    unauthenticated: !(values.enable_authenticated_media ?? !defaults.unauthenticated),
    remoteLifetime: remote === undefined ? defaults.remoteLifetime : parseDuration(remote),
    localLifetime: local === undefined ? defaults.localLifetime : parseDuration(local),
    mostPending: pending ?? defaults.mostPending,
    unusedLifetime: unused === undefined ? defaults.unusedLifetime : parseDuration(unused),
    remoteDownloads: readRemoteDownloads(values, defaults.remoteDownloads),
    deniedOrigins: values.prevent_media_downloads_from ?? defaults.deniedOrigins,
  };
}

const URL_PARTS: ReadonlySet<string> = new Set([
  'scheme',
  'username',
  'password',
  'hostname',
  'netloc',
  'path',
  'port',
  'query',
  'fragment',
]);

/** Previews of pages. Unlike Synapse's they need no list of denied ranges: there is one that is good. */
export function readUrlPreviews(
  values: FileValues,
  defaults: Config['urlPreviews'],
  notes: Notes,
): Config['urlPreviews'] {
  const { url_preview_url_blacklist: forbidden, max_spider_size: size } = values;
  return {
    enabled: values.url_preview_enabled ?? defaults.enabled,
    deniedRanges: values.url_preview_ip_range_blacklist ?? defaults.deniedRanges,
    allowedRanges: values.url_preview_ip_range_whitelist ?? defaults.allowedRanges,
    forbidden: forbidden?.map((rule, at) => urlRule(rule, at, notes)) ?? defaults.forbidden,
    maxSize: size === undefined ? defaults.maxSize : parseSize(size),
    languages: values.url_preview_accept_language?.map(String) ?? defaults.languages,
  };
}

function urlRule(rule: Readonly<Record<string, string | number>>, at: number, notes: Notes): Record<string, string> {
  for (const [part, pattern] of Object.entries(rule)) {
    const path = ['url_preview_url_blacklist', at, part];
    if (!URL_PARTS.has(part)) {
      notes.problem(path, `\`${part}\` is no part of an address: it must be one of ${[...URL_PARTS].join(', ')}.`);
    } else if (String(pattern).startsWith('^') && !isPattern(String(pattern))) {
      notes.problem(path, `\`${pattern}\` is no regular expression.`);
    }
  }
  return texts(rule);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Who finds whom. */
export function readUserDirectory(values: FileValues, defaults: Config['userDirectory']): Config['userDirectory'] {
  const given = values.user_directory;
  return {
    enabled: given?.enabled ?? defaults.enabled,
    searchAllUsers: given?.search_all_users ?? defaults.searchAllUsers,
    preferLocalUsers: given?.prefer_local_users ?? defaults.preferLocalUsers,
    excludeRemoteUsers: given?.exclude_remote_users ?? defaults.excludeRemoteUsers,
    showLockedUsers: given?.show_locked_users ?? defaults.showLockedUsers,
  };
}

/** How people are told of what happens while their clients are away. */
export function readPush(
  { push: given, experimental_features: trials }: FileValues,
  defaults: Config['push'],
): Config['push'] {
  return {
    enabled: given?.enabled ?? defaults.enabled,
    includeContent: given?.include_content ?? defaults.includeContent,
    groupUnreadCountByRoom: given?.group_unread_count_by_room ?? defaults.groupUnreadCountByRoom,
    threadSubscriptions: trials?.msc4306_enabled ?? defaults.threadSubscriptions,
    jitterDelay: given?.jitter_delay === undefined ? defaults.jitterDelay : parseDuration(given.jitter_delay),
  };
}

export function readRooms(values: FileValues, defaults: Config['rooms'], notes: Notes): Config['rooms'] {
  const { default_room_version: version, encryption_enabled_by_default_for_room_type: encryption } = values;
  const longest = values.max_event_delay_duration;
  return {
    defaultVersion: version === undefined ? defaults.defaultVersion : String(version),
    encryptionByDefault: encryption === false ? 'off' : (encryption ?? defaults.encryptionByDefault),
    publicRoomsWithoutAuth: values.allow_public_rooms_without_auth ?? defaults.publicRoomsWithoutAuth,
    policy: readRoomPolicy(values, defaults.policy),
    autoJoin: readAutoJoin(values, defaults.autoJoin),
    serverNotices: readServerNotices(values) ?? defaults.serverNotices,
    retention: readRetention(values, notes),
    longestEventDelay: longest === undefined ? defaults.longestEventDelay : parseDuration(longest),
  };
}

function readAutoJoin(values: FileValues, defaults: Config['rooms']['autoJoin']): Config['rooms']['autoJoin'] {
  const inviter = values.auto_join_mxid_localpart;
  return {
    rooms: values.auto_join_rooms ?? defaults.rooms,
    createsRooms: values.autocreate_auto_join_rooms ?? defaults.createsRooms,
    federated: values.autocreate_auto_join_rooms_federated ?? defaults.federated,
    preset: values.autocreate_auto_join_room_preset ?? defaults.preset,
    inviter: inviter === undefined ? defaults.inviter : `@${inviter}:${values.server_name}`,
    guests: values.auto_join_rooms_for_guests ?? defaults.guests,
  };
}

function readServerNotices({ server_notices: given, server_name }: FileValues): Config['rooms']['serverNotices'] {
  if (given === undefined) return undefined;
  return {
    userId: `@${given.system_mxid_localpart}:${server_name}`,
    displayName: textOf(given.system_mxid_display_name),
    avatarUrl: textOf(given.system_mxid_avatar_url),
    roomName: textOf(given.room_name) ?? 'Server Notices',
    roomAvatarUrl: textOf(given.room_avatar_url),
    roomTopic: textOf(given.room_topic),
    autoJoin: given.auto_join ?? false,
  };
}

/** YAML reads some texts as numbers. */
const textOf = (value: string | number | undefined) => (value === undefined ? undefined : String(value));

export function readWellKnown(values: FileValues, defaults: Config['wellKnown']): Config['wellKnown'] {
  const { contacts, support_page: page } = values.well_known_support ?? {};
  return {
    serveServer: values.serve_server_wellknown ?? defaults.serveServer,
    clientExtra: isObject(values.extra_well_known_client_content)
      ? values.extra_well_known_client_content
      : defaults.clientExtra,
    supportContacts: contacts?.map(texts) ?? defaults.supportContacts,
    supportPage: page ?? defaults.supportPage,
  };
}

export function readTurn(values: FileValues, home: string, defaults: Config['turn'], notes: Notes): Config['turn'] {
  const { turn_shared_secret_path: path, turn_shared_secret: secret, turn_user_lifetime: lifetime } = values;
  const fromFile = path === undefined ? undefined : readSecretFile(resolve(home, path));
  if (path !== undefined && fromFile === undefined) {
    const sentence = '`turn_shared_secret_path` must be a file that holds the secret of the TURN server.';
    notes.problem(['turn_shared_secret_path'], sentence);
  }
  return {
    uris: values.turn_uris ?? defaults.uris,
    sharedSecret: secret === undefined ? fromFile : String(secret),
    username: values.turn_username === undefined ? undefined : String(values.turn_username),
    password: values.turn_password === undefined ? undefined : String(values.turn_password),
    userLifetime: lifetime === undefined ? defaults.userLifetime : parseDuration(lifetime),
    allowGuests: values.turn_allow_guests ?? defaults.allowGuests,
  };
}

/**
 * One limit for all caches; the keys that adjust single caches are named as having no effect.
 *
 * @param factor of the environment, as text: wins over the file's `global_factor`, and not over `cache_memory`
 */
export function readCacheBytes(values: FileValues, fallback: number, notes: Notes, factor = ''): number {
  const { global_factor: ofFile, ...others } = values.caches ?? {};
  const ignored = [
    ...(values.event_cache_size === undefined ? [] : [['event_cache_size']]),
    ...Object.keys(others).map((key) => ['caches', key]),
  ];
  for (const path of ignored) {
    const sentence = `\`${path.join('.')}\` has no effect: all caches share one limit, \`cache_memory\`.`;
    notes.warn(path, sentence);
  }
  const given = Number.parseFloat(factor);
  const ofFactor = (Number.isFinite(given) ? given : (ofFile ?? fallback / BYTES_AT_FACTOR_ONE)) * BYTES_AT_FACTOR_ONE;
  const bytes = values.cache_memory === undefined ? ofFactor : parseSize(values.cache_memory);
  return Math.max(LEAST_CACHE_BYTES, Math.round(bytes));
}

const texts = (table: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, String(value)]));

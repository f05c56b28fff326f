import { type Static, Type } from 'typebox';
import {
  amount,
  count,
  duration,
  flag,
  integer,
  oneOf,
  oneOrMore,
  path,
  secret,
  section,
  size,
  table,
  text,
  url,
} from './shapes.js';
import { rooms } from './schema-rooms.js';

const addresses = () => oneOrMore('^[0-9A-Fa-f:.]+$|^localhost$', 'an IP address, or a list of them');
const ranges = () =>
  Type.Array(
    Type.String({ pattern: '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$', allowed: 'an IP address or a range such as 10.0.0.0/8' }),
  );
const serverName = (allowed = 'a server name such as example.com') =>
  Type.String({ pattern: '^([0-9A-Za-z.-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$', maxLength: 230, allowed });

const listener = section(
  {
    tag: text(),
    bind_address: addresses(),
    bind_addresses: addresses(),
    path: path(),
    mode: text(),
    type: oneOf('http', 'metrics', 'manhole', 'replication'),
    tls: flag(),
    x_forwarded: flag(),
    trusted_proxies: ranges(),
    request_id_header: text(),
    resources: Type.Array(
      section({
        names: oneOrMore(undefined, 'a list of names such as client, federation, keys, media, metrics or health'),
        compress: flag(),
      }),
    ),
    additional_resources: Type.Object({}, { additionalProperties: true }),
    port: integer(0, 65_535),
  },
  {},
);

const databaseSection = section(
  {
    args: Type.Object({}, { additionalProperties: true }),
    txn_limit: count(),
    allow_unsafe_locale: flag(),
    allow_outdated_version: flag(),
    data_stores: Type.Array(text()),
  },
  { name: oneOf('sqlite3', 'psycopg2') },
);

const bucket = () => section({ per_second: amount(), burst_count: count() });
const rateLimits = {
  rc_message: bucket(),
  rc_registration: bucket(),
  rc_registration_token_validity: bucket(),
  rc_login: section({ address: bucket(), account: bucket(), failed_attempts: bucket() }),
  rc_admin_redaction: bucket(),
  rc_joins: section({ local: bucket(), remote: bucket() }),
  rc_joins_per_room: bucket(),
  rc_3pid_validation: bucket(),
  rc_invites: section({ per_room: bucket(), per_user: bucket(), per_issuer: bucket() }),
  rc_third_party_invite: bucket(),
  rc_media_create: bucket(),
  rc_federation: section({
    window_size: count(),
    sleep_limit: count(),
    sleep_delay: count(),
    reject_limit: count(),
    concurrent: count(),
  }),
  rc_presence: section({ per_user: bucket() }),
  rc_delayed_event_mgmt: bucket(),
  rc_reports: bucket(),
  rc_room_creation: bucket(),
  rc_user_directory: bucket(),
};

const federation = {
  federation_verify_certificates: flag(),
  federation_certificate_verification_whitelist: Type.Array(text('a server name, `*` allowed')),
  federation_client_minimum_tls_version: Type.Union(
    [
      Type.Literal(1),
      Type.Literal(1.1),
      Type.Literal(1.2),
      Type.Literal(1.3),
      Type.Enum(['1', '1.0', '1.1', '1.2', '1.3']),
    ],
    { allowed: '1.2 or 1.3' },
  ),
  federation_custom_ca_list: Type.Array(path()),
  federation_domain_whitelist: Type.Array(serverName()),
  /** names, and patterns such as `*.example.org`; Hearth's own */
  federation_domain_blocklist: Type.Array(text()),
  allow_profile_lookup_over_federation: flag(),
  allow_device_name_lookup_over_federation: flag(),
  allow_public_rooms_over_federation: flag(),
  federation: section({
    client_timeout: duration(),
    destination_min_retry_interval: duration(),
    destination_retry_multiplier: Type.Number({ minimum: 1, allowed: 'a number, 1 or more' }),
    destination_max_retry_interval: duration(),
  }),
  trusted_key_servers: Type.Array(
    section(
      { verify_keys: table(text(), 'a section of key ids and keys'), accept_keys_insecurely: flag() },
      { server_name: serverName() },
    ),
  ),
  suppress_key_server_warning: flag(),
  use_insecure_ssl_client_just_for_testing_do_not_use: flag(),
  ip_range_blacklist: ranges(),
  ip_range_whitelist: ranges(),
};

const people = {
  enable_registration: flag(),
  enable_registration_without_verification: flag(),
  registration_requires_token: flag(),
  allow_guest_access: flag(),
  registrations_require_3pid: Type.Array(oneOf('email', 'msisdn')),
  enable_registration_captcha: flag(),
  recaptcha_public_key: text(),
  recaptcha_public_key_path: path(),
  recaptcha_private_key: secret(),
  recaptcha_private_key_path: path(),
  recaptcha_siteverify_api: url(),
  user_consent: section({
    template_dir: path('the path of a folder'),
    version: text('a version such as 1.0'),
    policy_name: text(),
    policy_url: url(),
    require_at_registration: flag(),
    server_notice_content: Type.Object({}, { additionalProperties: true }),
    send_server_notice_to_guests: flag(),
    block_events_error: text(),
  }),
  form_secret: secret(),
  form_secret_path: path(),
  registration_shared_secret: secret(),
  registration_shared_secret_path: path(),
  inhibit_user_in_use_error: flag(),
  bcrypt_rounds: integer(4, 31),
  enable_set_displayname: flag(),
  enable_set_avatar_url: flag(),
  session_lifetime: duration(),
  refreshable_access_token_lifetime: duration(),
  refresh_token_lifetime: duration(),
  nonrefreshable_access_token_lifetime: duration(),
  ui_auth: section({ session_timeout: duration() }),
  password_config: section({
    enabled: Type.Union([Type.Boolean(), Type.Literal('only_for_reauth')], {
      allowed: 'true, false or only_for_reauth',
    }),
    localdb_enabled: flag(),
    pepper: secret(),
    policy: section({
      enabled: flag(),
      minimum_length: count(),
      require_digit: flag(),
      require_symbol: flag(),
      require_lowercase: flag(),
      require_uppercase: flag(),
    }),
  }),
  require_auth_for_profile_requests: flag(),
  limit_profile_requests_to_users_who_share_rooms: flag(),
};

const thirdParty = {
  enable_3pid_changes: flag(),
  allowed_local_3pids: Type.Array(
    section(
      {},
      { medium: oneOf('email', 'msisdn'), pattern: Type.String({ maxLength: 500, allowed: 'a regular expression' }) },
    ),
  ),
  request_token_inhibit_3pid_errors: flag(),
  disable_msisdn_registration: flag(),
  next_link_domain_whitelist: Type.Array(text('a host name')),
  account_threepid_delegates: section({ email: text(), msisdn: url() }),
  enable_3pid_lookup: flag(),
  default_identity_server: url(),
};

const subject = () => Type.String({ maxLength: 300, allowed: 'a line of text' });

const email = section({
  smtp_host: Type.String({ minLength: 1, allowed: 'the name of a mail server' }),
  smtp_port: integer(1, 65_535),
  smtp_user: text(),
  smtp_pass: secret(),
  smtp_pass_path: path(),
  force_tls: flag(),
  require_transport_security: flag(),
  enable_tls: flag(),
  tlsname: Type.String({ allowed: "the name in the mail server's certificate" }),
  notif_from: Type.String({ pattern: '@', allowed: 'an address such as Hearth <noreply@example.com>' }),
  app_name: text(),
  enable_notifs: flag(),
  notif_for_new_users: flag(),
  notif_delay_before_mail: duration(),
  client_base_url: url(),
  riot_base_url: url(),
  invite_client_location: url(),
  validation_token_lifetime: duration(),
  subjects: section({
    message_from_person_in_room: subject(),
    message_from_person: subject(),
    messages_from_person: subject(),
    messages_in_room: subject(),
    messages_in_room_and_others: subject(),
    messages_from_person_and_others: subject(),
    invite_from_person: subject(),
    invite_from_person_to_room: subject(),
    invite_from_person_to_space: subject(),
    password_reset: subject(),
    email_validation: subject(),
    email_already_in_use: subject(),
  }),
});

const media = {
  media_store_path: path('the path of a folder'),
  max_upload_size: size(),
  media_storage_limit: size(),
  admin_contact: text(),
  media_upload_limits: Type.Array(section({}, { time_period: duration(), max_size: size() })),
  max_image_pixels: size(),
  dynamic_thumbnails: flag(),
  thumbnail_sizes: Type.Array(
    section({}, { width: integer(1, 4096), height: integer(1, 4096), method: oneOf('crop', 'scale') }),
  ),
  enable_authenticated_media: flag(),
  url_preview_enabled: flag(),
  url_preview_ip_range_blacklist: ranges(),
  url_preview_ip_range_whitelist: ranges(),
  url_preview_url_blacklist: Type.Array(table(text(), 'a section of parts of an address and patterns for them')),
  max_spider_size: size(),
  url_preview_accept_language: Type.Array(text('a language such as en-GB, with a weight such as ;q=0.8')),
  media_retention: section({ remote_media_lifetime: duration(), local_media_lifetime: duration() }),
  max_pending_media_uploads: Type.Integer({ minimum: 1, allowed: 'a number from 1 on' }),
  unused_expiration_time: duration(),
  prevent_media_downloads_from: Type.Array(serverName()),
  remote_media_download_per_second: size(),
  remote_media_download_burst_count: size(),
};

const calls = {
  turn_uris: Type.Array(
    Type.String({ pattern: '^(turns?|stuns?):', allowed: 'an address such as turn:turn.example.com?transport=udp' }),
  ),
  turn_shared_secret: secret(),
  turn_shared_secret_path: path(),
  turn_username: text(),
  turn_password: secret(),
  turn_user_lifetime: duration(),
  turn_allow_guests: flag(),
  max_event_delay_duration: duration(),
  matrix_rtc: section({
    transports: Type.Array(
      Type.Object({ type: text('the kind of transport, such as livekit') }, { additionalProperties: true }),
    ),
  }),
};

/** Keys that Synapse does not have. */
const own = {
  data_dir: path('the path of a folder'),
  cache_memory: size(),
  log: section({ level: oneOf('error', 'warn', 'info', 'debug'), folder: path('the path of a folder') }),
};

/**
 * The file: every key that this server honours, in Synapse's names and shapes, and what may stand there. Keys of
 * Synapse that are missing here have a sentence in `unhonoured.ts`.
 */
export const fileShape = section(
  {
    pid_file: path(),
    public_baseurl: url(),
    web_client_location: url(),
    listeners: Type.Array(listener),
    database: databaseSection,
    databases: table(databaseSection, 'a section of databases by their names'),
    signing_key_path: path(),
    old_signing_keys: table(
      section({}, { key: text('a public key in base64'), expired_ts: count() }),
      'a section of key ids such as ed25519:a_abcd',
    ),
    key_refresh_interval: duration(),
    tls_certificate_path: path(),
    tls_private_key_path: path(),
    ...people,
    ...thirdParty,
    email,
    ...media,
    ...rooms,
    ...calls,
    ...rateLimits,
    ...federation,
    serve_server_wellknown: flag(),
    extra_well_known_client_content: Type.Object({}, { additionalProperties: true }),
    well_known_support: section({
      contacts: Type.Array(table(text(), 'a contact with role and matrix_id or email_address')),
      support_page: url(),
    }),
    event_cache_size: size(),
    caches: section({
      global_factor: amount(),
      per_cache_factors: table(amount(), 'a section of cache names and factors'),
      expire_caches: flag(),
      cache_entry_ttl: duration(),
      sync_response_cache_duration: duration(),
      cache_autotuning: section({
        max_cache_memory_usage: size(),
        target_cache_memory_usage: size(),
        min_cache_ttl: duration(),
      }),
    }),
    report_stats: flag(),
    ...own,
  },
  { server_name: serverName() },
);

/** What the file says, checked; every key but `server_name` may be absent. */
export type FileValues = Static<typeof fileShape>;
export type ListenerValues = Static<typeof listener>;
export type DatabaseValues = Static<typeof databaseSection>;
export type BucketValues = Static<ReturnType<typeof bucket>>;

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { randomToken } from '../base/random.js';
import type { ServerName } from '../spec/ids.js';
import { dataPaths } from './paths.js';
import { writeFileAtomically } from './write-file.js';

/** What a new configuration file is made of. */
export interface NewConfig {
  readonly serverName: ServerName;
  /** absolute */
  readonly dataDir: string;
  /** folder of the signing key; the data folder unless given */
  readonly keysDir?: string | undefined;
  readonly reportStats?: boolean;
  /** who reaches the listener without TLS; `nobody`: there is none */
  readonly plain?: 'loopback' | 'everybody' | 'nobody';
  readonly plainPort?: number;
  /** undefined: no listener with TLS */
  readonly tlsPort?: number | undefined;
  /** where clients reach this server, when that is not the server name */
  readonly publicBaseUrl?: string | undefined;
}

const PLAIN_PORT = 8008;
/** Where other servers look for one of which they know only the name. */
export const FEDERATION_PORT = 8448;

/** The text of a new configuration file, commented, with fresh secrets; it starts as it stands. */
export function generateConfig(given: NewConfig): string {
  const paths = dataPaths(given.dataDir, given.serverName);
  const signingKey = join(given.keysDir ?? given.dataDir, paths.signingKey.slice(given.dataDir.length + 1));
  return [
    HEAD,
    NAME,
    setting('server_name', given.serverName),
    DATA,
    setting('data_dir', given.dataDir),
    setting('pid_file', paths.pidFile),
    ADDRESS,
    given.publicBaseUrl === undefined
      ? '#public_baseurl: https://matrix.example.com/\n'
      : setting('public_baseurl', given.publicBaseUrl),
    LISTENERS,
    listeners(given),
    TLS,
    DATABASE,
    setting('database', { name: 'sqlite3', args: { database: paths.database } }),
    POSTGRES,
    setting('media_store_path', paths.mediaStore),
    MEDIA,
    REGISTRATION,
    setting('registration_shared_secret', randomToken()),
    EMAIL,
    PASSWORDS,
    setting('password_config', { pepper: randomToken() }),
    KEYS,
    setting('signing_key_path', signingKey),
    STATISTICS,
    setting('report_stats', given.reportStats ?? false),
    REST,
  ].join('');
}

/** Writes a new configuration file, readable by its owner only. What is there is replaced. */
export function writeNewConfig(path: string, given: NewConfig): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  mkdirSync(given.dataDir, { recursive: true, mode: 0o700 });
  writeFileAtomically(path, generateConfig(given), 0o600);
}

const STYLE = {
  version: '1.1',
  lineWidth: 0,
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
  aliasDuplicateObjects: false,
} as const;

const setting = (key: string, value: unknown): string => stringify({ [key]: value }, STYLE);

function listeners(given: NewConfig): string {
  const { plain = 'loopback', plainPort = PLAIN_PORT } = given;
  const tlsPort = 'tlsPort' in given ? given.tlsPort : FEDERATION_PORT;
  const resources = [{ names: ['client', 'federation'] }];
  const everywhere = ['::', '0.0.0.0'];
  const list = [
    ...(plain === 'nobody'
      ? []
      : [
          {
            port: plainPort,
            type: 'http',
            tls: false,
            x_forwarded: true,
            bind_addresses: plain === 'everybody' ? everywhere : ['::1', '127.0.0.1'],
            resources,
          },
        ]),
    ...(tlsPort === undefined
      ? []
      : [{ port: tlsPort, type: 'http', tls: true, bind_addresses: everywhere, resources }]),
  ];
  return setting('listeners', list);
}

const HEAD = `# Configuration of a Hearth homeserver.
#
# Settings have the names and shapes that Synapse gives them. A line that begins
# with # has no effect; it shows a setting with an example or its default.
# After a change: hearth restart
`;

const NAME = `
# The end of every user id here (@name:example.com), and how other servers know
# this one. It is part of everything stored and can never be changed later.
`;

const DATA = `
# The home of everything that has no path of its own below.
`;

const ADDRESS = `
# Where clients reach this server, if not at https://<server_name>/
`;

const LISTENERS = `
# Where this server listens. Resources: client, federation, keys, media,
# metrics, health.
# Without TLS, passwords and messages can be read on the way: keep such a
# listener on this computer (bind_addresses: ['::1', '127.0.0.1']), behind a
# proxy that adds TLS, and say by x_forwarded that the proxy names the client's
# address. Only proxies in trusted_proxies are believed; by default those on this
# computer.
`;

const TLS = `
# The certificate, with those of its authorities, and its key, as PEM files. When
# they change on disk, they are served without a restart. Without these lines, the
# server makes a certificate itself at its first start, which browsers and other
# servers do not trust.
#tls_certificate_path: "/path/to/fullchain.pem"
#tls_private_key_path: "/path/to/privkey.pem"
`;

const DATABASE = `
# Where everything but media is kept.
`;

const POSTGRES = `# PostgreSQL instead:
#database:
#  name: psycopg2
#  args:
#    user: hearth
#    password: secret
#    dbname: hearth
#    host: localhost
#    port: 5432
#    cp_max: 10

# Uploaded files.
`;

const MEDIA = `#max_upload_size: 50M
#max_image_pixels: 32M

# How much all files together may take, copies of others' files too. Near it, copies
# that nobody opened for longest are cleared; at it, no more is taken.
#media_storage_limit: 50G

#dynamic_thumbnails: false

# How much one user may upload in a time. [] for no limit.
#media_upload_limits:
#  - time_period: 1d
#    max_size: 10G

# Whether this server looks at pages that people name, so that their apps can show
# what a link is about. It never asks addresses of private networks.
#url_preview_enabled: false
`;

const REGISTRATION = `
# Who may make an account by themselves. Closed by default. With
# registration_requires_token, whoever has an invitation of yours; open to
# everybody only with enable_registration_without_verification.
#enable_registration: false
#registration_requires_token: true
#registrations_require_3pid: [email]

# Whether people may look around without an account, in rooms that allow it.
#allow_guest_access: false

# Whoever knows this secret can make accounts, administrators too, even when
# registration is closed: hearth register-user uses it. Keep it to yourself.
`;

const EMAIL = `
# The mail server that takes this server's e-mail. With it, people can add an
# address to their account, sign in with it, and set a new password when they
# forgot theirs. Whether an address belongs to an account is told to nobody else.
#email:
#  smtp_host: mail.example.com
#  smtp_port: 587
#  smtp_user: hearth
#  smtp_pass: secret
#  require_transport_security: true
#  notif_from: "%(app)s <noreply@example.com>"
#  app_name: Hearth
#  enable_notifs: true
`;

const PASSWORDS = `
# Passwords. The pepper goes into the hash of every password: when it is changed
# or lost, nobody can sign in with a password any more.
#bcrypt_rounds: 12
`;

const KEYS = `
# The key that signs everything this server says to others. Back it up: without
# it, other servers no longer believe this one.
`;

const STATISTICS = `
# Whether to tell the makers how the server is used. This version sends nothing.
`;

const REST = `
# What one user may do per second, and how much at once.
#rc_message:
#  per_second: 5
#  burst_count: 100

# What push gateways, which wake phones, are told of messages.
#push:
#  include_content: true
#  group_unread_count_by_room: true

# How long a sign-in lasts; for ever unless said.
#session_lifetime: 24w
#refreshable_access_token_lifetime: 5m

# Whether people see who is online.
#presence:
#  enabled: true

# Rooms.
#default_room_version: "12"
#encryption_enabled_by_default_for_room_type: "off"
#auto_join_rooms:
#  - "#welcome:example.com"

# Who may give which names to rooms, and who may show which rooms in the directory:
# the first rule that fits decides, and where none does, the answer is no.
#alias_creation_rules:
#  - user_id: "*"
#    alias: "#family-*:example.com"
#    action: allow
#room_list_publication_rules:
#  - user_id: "@alex:example.com"
#    action: allow
#enable_room_list_search: true
#block_non_admin_invites: false
#default_power_level_content_override:
#  private_chat:
#    events_default: 0

# In whose name and in which room administrators tell people what they have to know.
#server_notices:
#  system_mxid_localpart: notices
#  system_mxid_display_name: Server Notices
#  room_name: Server Notices
#  auto_join: true

# How long messages are kept, for rooms that do not say it themselves, and within
# which bounds these may. Older ones are shown no more, and deleted; for ever unless
# enabled.
#retention:
#  enabled: true
#  default_policy:
#    max_lifetime: 1y
#  allowed_lifetime_min: 1d
#  allowed_lifetime_max: 3y

# Terms that people have to accept before they say anything: en/1.0.html and the like
# in a folder. They are shown at /_matrix/consent.
#user_consent:
#  template_dir: terms
#  version: "1.0"
#  require_at_registration: true
#  block_events_error: "Please read and accept our terms at %(consent_uri)s"
#  server_notice_content:
#    msgtype: m.text
#    body: "Please read and accept our terms at %(consent_uri)s"

# For calls: how long a device may stay away before it counts as having left,
# and where the media server is.
#max_event_delay_duration: 24h
#matrix_rtc:
#  transports:
#    - type: livekit
#      livekit_service_url: https://rtc.example.com/livekit/jwt

# For calls between networks.
#turn_uris: ["turn:turn.example.com?transport=udp"]
#turn_shared_secret: secret

# Most memory that all caches take together.
#cache_memory: 64M

# Log files are kept in logs in the data folder. Levels: error, warn, info, debug.
#log:
#  level: info
`;

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src-main/config/config.js';
import { ConfigError } from '../../src-main/config/config-error.js';
import { loadConfig } from '../../src-main/config/load.js';
import { fileShape } from '../../src-main/config/schema.js';
import { whyUnhonoured } from '../../src-main/config/unhonoured.js';

const folder = mkdtempSync(join(tmpdir(), 'hearth-config-'));
let files = 0;

function write(text: string): string {
  files += 1;
  const path = join(folder, `homeserver-${files}.yaml`);
  writeFileSync(path, text);
  return path;
}

const load = (text: string): Config => loadConfig([write(`server_name: home.test\n${text}`)], {});

function problems(text: string): string[] {
  try {
    loadConfig([write(text)], {});
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a file of Synapse', () => {
  const config = loadConfig(['test/fixtures/config/synapse-homeserver.yaml'], {});
  const home = join(process.cwd(), 'test/fixtures/config');

  const named = (text: string) => config.warnings.find((warning) => warning.includes(text));

  it('means what it means to Synapse', () => {
    expect(config).toMatchObject({
      serverName: 'home.test',
      publicBaseUrl: 'https://matrix.home.test/',
      database: { engine: 'sqlite', path: join(home, 'data/homeserver.db') },
      signingKeyPath: join(home, 'home.test.signing.key'),
      registration: { enabled: false, sharedSecret: 'l3ts-keep-this' },
      passwords: { enabled: true, rounds: 12, pepper: '' },
      media: { storePath: join(home, 'data/media_store'), maxUploadSize: 100 * 1024 * 1024 },
      tokens: { sessionLifetime: 24 * 7 * 24 * 3600 * 1000 },
      rooms: { encryptionByDefault: 'off' },
      cacheBytes: 128 * 1024 * 1024,
      rateLimits: { message: { perSecond: 0.5, burst: 100 } },
    });
    expect(config.oldSigningKeys).toEqual([
      { keyId: 'ed25519:old', publicKey: 'Noi6WqcDj0QmPxCNQqgezwTlBKrfqehY1u2FyWP9uYw', expiredAt: 1576767829750 },
    ]);
  });

  it('keeps its listeners and leaves out the ones that are not for Matrix', () => {
    expect(config.listeners).toEqual([
      {
        port: 8008,
        tls: false,
        bindAddresses: ['::1', '127.0.0.1'],
        trustedProxies: ['127.0.0.0/8', '::1/128'],
        resources: ['health', 'client', 'media', 'federation', 'keys'],
      },
    ]);
  });

  it('is told of everything that has no effect, by file and line', () => {
    expect(named('`log_config`')).toMatch(/^synapse-homeserver\.yaml, line 29: /);
    expect(named('manhole')).toMatch(/line 21: /);
    expect(named('`url_preview_enabled`')).toBeUndefined();
    expect(named('`caches.per_cache_factors`')).toBeDefined();
    expect(named('`federation_ip_range_blacklist` is not a setting that this server knows')).toBeDefined();
    expect(named('report_stats')).toBeUndefined();
    expect(named('modules')).toBeUndefined();
  });
});

it('reads how long servers that fail are let rest', () => {
  const minute = 60_000;
  const read = (text: string) => load(text).federation;
  expect(read('')).toMatchObject({ clientTimeout: minute, rests: { first: 2000, factor: 2, longest: 360 * minute } });
  const section = 'client_timeout: 30s, destination_min_retry_interval: 10m, destination_retry_multiplier: 1.5';
  expect(read(`federation: { ${section}, destination_max_retry_interval: 1w }`)).toMatchObject({
    clientTimeout: minute / 2,
    rests: { first: 10 * minute, factor: 1.5, longest: 7 * 24 * 60 * minute },
  });
  expect(read('federation: { destination_min_retry_interval: 12h }').rests).toMatchObject({ longest: 720 * minute });
});

it('honours every key of Synapse or has a sentence for it', () => {
  const rows = readFileSync('test/fixtures/config/synapse-config-keys.tsv', 'utf8').trim().split('\n').slice(1);
  const keys = rows.map((row) => row.split('\t')[0] ?? '');
  expect(keys.length).toBeGreaterThan(200);
  expect(keys.filter((key) => !(key in fileShape.properties) && whyUnhonoured(key) === undefined)).toEqual([]);
});

describe('a wrong value names its line, its key and what is allowed', () => {
  it.each([
    ['no server name', 'report_stats: no', /`server_name` is missing; it must be a server name such as example\.com/],
    ['a server name with a scheme', 'server_name: https://a.test', /line 1: `server_name` must be a server name/],
    [
      'text for a number',
      'server_name: a.test\nbcrypt_rounds: many',
      /line 2: `bcrypt_rounds` must be a whole number from 4 to 31, not "many"/,
    ],
    ['a number out of range', 'server_name: a.test\n\nbcrypt_rounds: 99', /line 3: `bcrypt_rounds`.*not 99/],
    [
      'text for a flag',
      'server_name: a.test\nenable_registration: "yes"',
      /line 2: `enable_registration` must be true or false, not "yes"/,
    ],
    [
      'a bad duration',
      'server_name: a.test\nsession_lifetime: 5 minutes',
      /line 2: `session_lifetime` must be a time such as 30s, 5m/,
    ],
    [
      'a bad size',
      'server_name: a.test\nmax_upload_size: huge',
      /line 2: `max_upload_size` must be a size such as 512K/,
    ],
    [
      'a list for a section',
      'server_name: a.test\ncaches: [1]',
      /line 2: `caches` must be a section with keys of its own, not a list/,
    ],
    ['a section for a list', 'server_name: a.test\nlisteners: {port: 1}', /line 2: `listeners` must be a list/],
    [
      'a bad port',
      'server_name: a.test\nlisteners:\n  - tls: false\n    port: 99999',
      /line 4: `listeners\[0\]\.port` must be a whole number from 0 to 65535, not 99999/,
    ],
    ['a listener without a port', 'server_name: a.test\nlisteners:\n  - tls: false', /line 3: `port` is missing/],
    [
      'an unknown resource',
      'server_name: a.test\nlisteners:\n  - port: 1\n    resources:\n      - names: [clients]',
      /line 5: A resource must be one of client, federation/,
    ],
    [
      'a bad address',
      'server_name: a.test\nlisteners:\n  - port: 1\n    bind_addresses: ["300.1.1.1"]',
      /line 4: "300\.1\.1\.1" must be an IP address/,
    ],
    [
      'a bad proxy range',
      'server_name: a.test\nlisteners:\n  - port: 1\n    trusted_proxies:\n    - 10.0.0.0/99',
      /line 5: "10\.0\.0\.0\/99" must be an IP address or a range/,
    ],
    [
      'an unknown database',
      'server_name: a.test\ndatabase:\n  name: mysql',
      /line 3: `database\.name` must be one of `sqlite3`, `psycopg2`, not "mysql"/,
    ],
    [
      'a database in memory',
      'server_name: a.test\ndatabase:\n  name: sqlite3\n  args:\n    database: ":memory:"',
      /line 5: The database must be the path of a file/,
    ],
    [
      'a bad database port',
      'server_name: a.test\ndatabase: {name: psycopg2, args: {port: none}}',
      /line 2: `port` must be a whole number/,
    ],
    [
      'an unknown room version',
      'server_name: a.test\ndefault_room_version: "99"',
      /line 2: `default_room_version` must be a room version from "1" to "12"/,
    ],
    [
      'half of a certificate',
      'server_name: a.test\ntls_certificate_path: a.pem',
      /line 2: `tls_certificate_path` needs `tls_private_key_path` beside it/,
    ],
    [
      'two shared secrets',
      'server_name: a.test\nregistration_shared_secret: a\nregistration_shared_secret_path: b',
      /line 3: Only one of/,
    ],
    [
      'a negative rate',
      'server_name: a.test\nrc_message:\n  per_second: -1',
      /line 3: `rc_message\.per_second` must be a number, 0 or more, not -1/,
    ],
    [
      'a bad old key',
      'server_name: a.test\nold_signing_keys:\n  a_b: {key: abc, expired_ts: 1}',
      /line 3: An old signing key must be named/,
    ],
    [
      'a TURN secret that is not there',
      'server_name: a.test\nturn_shared_secret_path: /nowhere/x',
      /line 2: `turn_shared_secret_path` must be a file/,
    ],
    ['a tab in the file', 'server_name: a.test\ncaches:\n\tglobal_factor: 1', /line 3: this is not YAML/],
    ['a file that is a list', '- a\n- b', /line 1: the file must be a list of lines `key: value`/],
    ['an empty file', '', /`server_name` is missing/],
  ])('%s', (_case, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
    expect(found[0]).toMatch(/^homeserver-\d+\.yaml/);
  });

  it('lists all problems at once', () =>
    expect(problems('server_name: a.test\nbcrypt_rounds: x\nmax_upload_size: y')).toHaveLength(2));

  it('never repeats a secret', () => {
    const found = problems(
      'server_name: a.test\nregistration_shared_secret: [hush-hush]\npassword_config: {pepper: [pssst]}',
    );
    expect(found).toHaveLength(2);
    expect(found.join()).not.toMatch(/hush|pssst/);
  });

  it('says when there is no such file', () =>
    expect(() => loadConfig(['/nowhere/homeserver.yaml'], {})).toThrow(
      'Configuration /nowhere/homeserver.yaml: there is no such file.',
    ));
});

describe('the way in', () => {
  it('reads e-mail, addresses, captcha and terms as Synapse has them', () => {
    const config = load(`
enable_registration: true
registrations_require_3pid: [email]
email:
  smtp_host: mail.home.test
  smtp_port: 587
  require_transport_security: true
  notif_from: "%(app)s <post@home.test>"
  app_name: Home
  validation_token_lifetime: 15m
  subjects:
    password_reset: "Reset for %(server_name)s"
allowed_local_3pids:
  - medium: email
    pattern: '[^@]+@home\\.test$'
account_threepid_delegates:
  msisdn: https://sms.home.test
enable_registration_captcha: true
recaptcha_public_key: public
recaptcha_private_key: private
user_consent:
  require_at_registration: true
  version: 1.1
  policy_url: https://home.test/terms
auto_join_rooms: ["#all:home.test"]
auto_join_mxid_localpart: steward
allow_guest_access: true
server_notices:
  system_mxid_localpart: notices
  room_topic: 2026
  auto_join: true
`);
    expect(config).toMatchObject({
      email: {
        host: 'mail.home.test',
        port: 587,
        encryption: 'required',
        from: 'Home <post@home.test>',
        validationTokenLifetime: 900_000,
        subjects: { password_reset: 'Reset for %(server_name)s', email_validation: expect.any(String) },
      },
      thirdParty: { required: ['email'], phoneDelegate: 'https://sms.home.test/', inhibitErrors: true },
      registration: {
        guests: true,
        captcha: { publicKey: 'public', privateKey: 'private' },
        terms: { version: '1.1', url: 'https://home.test/terms' },
      },
      rooms: {
        autoJoin: { rooms: ['#all:home.test'], inviter: '@steward:home.test' },
        serverNotices: {
          userId: '@notices:home.test',
          displayName: undefined,
          roomName: 'Server Notices',
          roomTopic: '2026',
          autoJoin: true,
        },
      },
      warnings: [],
    });
    const [allowed] = config.thirdParty.allowed;
    expect([allowed?.pattern.test('ann@home.test'), allowed?.pattern.test('ann@home.test.evil.test')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('open registration', () => {
  it.each([
    ['without any check', '', /line 2: `enable_registration` would let everybody in/],
    [
      'with a captcha without keys',
      'enable_registration_captcha: true',
      /needs `recaptcha_public_key` and `recaptcha_private_key`/,
    ],
    [
      'with e-mail addresses',
      'registrations_require_3pid: [email]',
      /asks for e-mail addresses, which needs the section `email`/,
    ],
  ])('is refused %s', (_case, text, expected) => {
    expect(problems(`server_name: a.test\nenable_registration: true\n${text}`)).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it.each([
    ['with tokens', 'registration_requires_token: true', { requiresToken: true, withoutVerification: false }],
    ['when everybody is meant', 'enable_registration_without_verification: true', { withoutVerification: true }],
  ])('is let be %s', (_case, text, expected) => {
    expect(load(`enable_registration: true\n${text}`).registration).toMatchObject({ enabled: true, ...expected });
  });
});

describe('values', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['4w', 2_419_200_000],
    ['1y', 31_536_000_000],
    ['1500', 1500],
    ['"0"', 0],
  ])('reads the time %s', (text, expected) =>
    expect(load(`session_lifetime: ${text}`).tokens.sessionLifetime).toBe(expected),
  );

  it.each([
    ['50M', 52_428_800],
    ['512K', 524_288],
    ['1G', 1_073_741_824],
    ['10MiB', 10_485_760],
    ['1234', 1234],
  ])('reads the size %s', (text, expected) =>
    expect(load(`max_upload_size: ${text}`).media.maxUploadSize).toBe(expected),
  );

  it('reads yes and on as true, as Synapse does', () =>
    expect(load('enable_set_displayname: off\nserve_server_wellknown: yes')).toMatchObject({
      profiles: { displayNameChangeAllowed: false },
      wellKnown: { serveServer: true },
    }));

  it('takes the last of a key said twice', () =>
    expect(load('bcrypt_rounds: 5\nbcrypt_rounds: 6').passwords.rounds).toBe(6));

  it('reads a secret from a file of its own', () => {
    writeFileSync(join(folder, 'secret'), '  from-the-file\n');
    expect(load('registration_shared_secret_path: secret').registration.sharedSecret).toBe('from-the-file');
  });

  it('connects to PostgreSQL as psycopg2 would', () => {
    const text = `database:
  name: psycopg2
  args: {user: hearth, password: 1234, dbname: matrix, host: db.test, port: 5433, cp_min: 5, cp_max: 7, sslmode: require}`;
    expect(load(text).database).toEqual({
      engine: 'postgres',
      connection: expect.objectContaining({
        user: 'hearth',
        password: '1234',
        database: 'matrix',
        host: 'db.test',
        port: 5433,
        ssl: expect.objectContaining({ rejectUnauthorized: false }),
      }),
      poolSize: 7,
    });
  });
});

describe('listeners', () => {
  it('are plain on this computer and TLS for everybody when the file names none', () => {
    expect(load('').listeners).toMatchObject([
      { port: 8008, tls: false, bindAddresses: ['127.0.0.1', '::1'] },
      { port: 8448, tls: true, bindAddresses: ['::', '0.0.0.0'] },
    ]);
  });

  it('warns of one without TLS that other computers can reach', () => {
    const { warnings } = load('listeners: [{port: 8008, tls: false}]');
    expect(warnings).toEqual([
      expect.stringMatching(/line 2: The listener on port 8008 has no TLS and is open to other computers/),
    ]);
  });

  it.each([
    ['nobody without x_forwarded', 'bind_addresses: [127.0.0.1]', []],
    [
      'this computer on a loopback listener',
      'bind_addresses: [127.0.0.1], x_forwarded: true',
      ['127.0.0.0/8', '::1/128'],
    ],
    ['those named', 'x_forwarded: true, trusted_proxies: [10.1.2.3]', ['10.1.2.3']],
  ])('believe %s', (_case, text, expected) =>
    expect(load(`listeners: [{port: 8008, ${text}}]`).listeners[0]?.trustedProxies).toEqual(expected),
  );
});

describe('the memory of caches', () => {
  const MB = 1024 * 1024;
  it.each([
    ['is 64 MB unless said', '', undefined, 64 * MB],
    ['may be said', 'cache_memory: 200M', undefined, 200 * MB],
    ['may be said as Synapse has it', 'caches: {global_factor: 2}', undefined, 256 * MB],
    [
      'may be said by the environment, which wins over the factor in the file',
      'caches: {global_factor: 2}',
      '0.25',
      32 * MB,
    ],
    ['is what the file names in bytes, whatever the environment says', 'cache_memory: 10M', '4', 10 * MB],
    ['does not heed an environment that says no number', 'caches: {global_factor: 2}', 'many', 256 * MB],
    ['is never less than what a server needs', 'caches: {global_factor: 0}', undefined, MB],
  ])('%s', (_case, text, factor, expected) => {
    const file = write(`server_name: a.test\n${text}`);
    expect(loadConfig([file], { SYNAPSE_CACHE_FACTOR: factor }).cacheBytes).toBe(expected);
  });
});

describe('several files', () => {
  it('replace the settings of those before, and errors name the file', () => {
    const first = write('server_name: one.test\nbcrypt_rounds: 5\ncaches: {global_factor: 2}');
    const second = write('bcrypt_rounds: 6');
    expect(loadConfig([first, second], {})).toMatchObject({ serverName: 'one.test', passwords: { rounds: 6 } });
    const third = write('\n\nbcrypt_rounds: no-number');
    expect(() => loadConfig([first, second, third], {})).toThrow(/homeserver-\d+\.yaml, line 3: `bcrypt_rounds`/);
  });

  it('may be a folder, read in the order of names', () => {
    const conf = join(folder, 'conf.d');
    mkdirSync(conf);
    writeFileSync(join(conf, '10-name.yaml'), 'server_name: ten.test');
    writeFileSync(join(conf, '20-name.yaml'), 'server_name: twenty.test');
    writeFileSync(join(conf, 'notes.txt'), 'not: [yaml');
    expect(loadConfig([conf], {}).serverName).toBe('twenty.test');
  });
});

describe('the data folder', () => {
  it('is where the file lies, unless said', () => {
    expect(load('').dataDir).toBe(folder);
    expect(load('data_dir: sub').database).toMatchObject({ path: join(folder, 'sub', 'homeserver.db') });
    expect(load('data_dir: /elsewhere')).toMatchObject({
      dataDir: '/elsewhere',
      signingKeyPath: '/elsewhere/home.test.signing.key',
      media: { storePath: '/elsewhere/media_store' },
    });
  });

  it('and the log level may come from the environment', () => {
    const path = write('server_name: a.test');
    const config = loadConfig([path], { HEARTH_DATA_DIR: '/env', HEARTH_LOG_LEVEL: 'debug' });
    expect(config).toMatchObject({ dataDir: '/env', log: { level: 'debug' } });
  });
});

it('reads what calls need', () => {
  const config = load(
    'max_event_delay_duration: 24h\nmatrix_rtc:\n  transports:\n    - {type: livekit, livekit_service_url: "https://rtc.test"}\n',
  );
  expect(config.rooms.longestEventDelay).toBe(24 * 3_600_000);
  expect(config.rtcTransports).toEqual([{ type: 'livekit', livekit_service_url: 'https://rtc.test' }]);
  expect(config.warnings).toEqual([]);
  expect(problems('server_name: a.test\nmatrix_rtc: {transports: [{url: x}]}')).toHaveLength(1);
});

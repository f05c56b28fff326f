import { join } from 'node:path';
import { DEFAULT_ROOM_VERSION } from '../spec/room-version.js';
import type { Config, FederationConfig, ListenerConfig, RateLimits, RoomPolicyConfig } from './config.js';
import { dataPaths } from './paths.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MEGABYTE = 1024 * 1024;

/** Where clients and other servers reach a server that says nothing else: plain on loopback, TLS for everybody. */
export const DEFAULT_LISTENERS: readonly ListenerConfig[] = [
  {
    port: 8008,
    bindAddresses: ['127.0.0.1', '::1'],
    tls: false,
    trustedProxies: ['127.0.0.0/8', '::1/128'],
    resources: ['client', 'federation', 'keys', 'media', 'health'],
  },
  {
    port: 8448,
    bindAddresses: ['::', '0.0.0.0'],
    tls: true,
    trustedProxies: [],
    resources: ['client', 'federation', 'keys', 'media', 'health'],
  },
];

/** People here are trusted with names and the directory: other servers see it only where it is opened to them. */
const DEFAULT_ROOM_POLICY: RoomPolicyConfig = {
  aliasRules: [{ userId: '*', alias: '*', roomId: '*', allows: true }],
  aliasesByMembersOnly: true,
  publicationRules: [{ userId: '*', alias: '*', roomId: '*', allows: true }],
  hasDirectory: true,
  invitesByAdminsOnly: false,
  powerLevels: {},
};

/**
 * Higher than Synapse's in what people do together: a family behind one address signs in on its phones one evening, one
 * of them makes the rooms and invites all others, and a call begins with dozens of events. What guessing passwords and
 * flooding from outside needs stays as low.
 */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  message: { perSecond: 5, burst: 100 },
  registration: { perSecond: 0.17, burst: 3 },
  registrationTokenValidity: { perSecond: 0.1, burst: 5 },
  login: {
    address: { perSecond: 0.05, burst: 30 },
    account: { perSecond: 0.02, burst: 15 },
    failedAttempts: { perSecond: 0.17, burst: 3 },
  },
  adminRedaction: undefined,
  joins: { local: { perSecond: 1, burst: 100 }, remote: { perSecond: 0.1, burst: 30 } },
  joinsPerRoom: { perSecond: 5, burst: 100 },
  thirdPartyValidation: { perSecond: 0.003, burst: 5 },
  thirdPartyInvite: { perSecond: 0.2, burst: 10 },
  invites: {
    perRoom: { perSecond: 1, burst: 100 },
    perUser: { perSecond: 0.1, burst: 50 },
    perIssuer: { perSecond: 1, burst: 200 },
  },
  mediaCreate: { perSecond: 10, burst: 50 },
  presence: { perUser: { perSecond: 0.5, burst: 5 } },
  delayedEvents: { perSecond: 1, burst: 10 },
  reports: { perSecond: 1, burst: 5 },
  roomCreation: { perSecond: 0.1, burst: 50 },
  userDirectory: { perSecond: 0.016, burst: 200 },
  federation: { windowSize: 1000, sleepLimit: 10, sleepDelay: 500, rejectLimit: 50, concurrent: 3 },
};

/** Ranges that no request to a stranger's address may reach: private, local, shared, test and multicast networks. */
export const DEFAULT_DENIED_RANGES: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '169.254.0.0/16',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '::1/128',
  'fe80::/10',
  'fc00::/7',
  '2001:db8::/32',
  'ff00::/8',
  'fec0::/10',
];

const DEFAULT_FEDERATION: FederationConfig = {
  domainWhitelist: undefined,
  domainBlocklist: [],
  verifyCertificates: true,
  unverifiedDomains: [],
  unverifiedServices: false,
  customCaPaths: [],
  minimumTls: '1.2',
  clientTimeout: MINUTE,
  // Shorter at first than Synapse's ten minutes: a server that is started anew is back in seconds.
  rests: { first: 2000, factor: 2, longest: 6 * 60 * MINUTE },
  trustedKeyServers: [{ serverName: 'matrix.org', verifyKeys: undefined, acceptInsecurely: false }],
  allowProfileLookup: true,
  allowDeviceNameLookup: false,
  publicRooms: false,
  deniedRanges: DEFAULT_DENIED_RANGES,
  allowedRanges: [],
};

const THUMBNAILS: Config['media']['thumbnailSizes'] = [
  { width: 32, height: 32, method: 'crop' },
  { width: 96, height: 96, method: 'crop' },
  { width: 320, height: 240, method: 'scale' },
  { width: 640, height: 480, method: 'scale' },
  { width: 800, height: 600, method: 'scale' },
];

/** The configuration of a server of which nothing else is said; `given` wins over every default. */
export function defaultConfig(given: Partial<Config> & Pick<Config, 'serverName' | 'dataDir'>): Config {
  const paths = dataPaths(given.dataDir, given.serverName);
  return {
    publicBaseUrl: undefined,
    webClient: undefined,
    pidFile: paths.pidFile,
    listeners: DEFAULT_LISTENERS,
    database: { engine: 'sqlite', path: paths.database },
    signingKeyPath: paths.signingKey,
    oldSigningKeys: [],
    signingKeyValidity: DAY,
    tls: { certificatePath: paths.certificate, privateKeyPath: paths.privateKey, selfSigned: true },
    ...peopleDefaults,
    thirdParty: {
      changesAllowed: true,
      required: [],
      phonesAtRegistration: true,
      allowed: [],
      inhibitErrors: true,
      nextLinkDomains: undefined,
      phoneDelegate: undefined,
      lookupEnabled: true,
      defaultIdentityServer: undefined,
    },
    email: undefined,
    media: {
      storePath: paths.mediaStore,
      maxUploadSize: 50 * MEGABYTE,
      // More than anybody uploads in a day by hand, and less than a disk holds.
      uploadLimits: [{ period: DAY, maxSize: 10 * 1024 * MEGABYTE }],
      limit: undefined,
      adminContact: undefined,
      maxImagePixels: 32 * MEGABYTE,
      dynamicThumbnails: false,
      thumbnailSizes: THUMBNAILS,
      unauthenticated: false,
      remoteLifetime: undefined,
      localLifetime: undefined,
      mostPending: 5,
      unusedLifetime: DAY,
      remoteDownloads: { perSecond: 87 * 1024, burst: 500 * MEGABYTE },
      deniedOrigins: [],
    },
    urlPreviews: {
      enabled: false,
      deniedRanges: DEFAULT_DENIED_RANGES,
      allowedRanges: [],
      forbidden: [],
      maxSize: 10 * MEGABYTE,
      languages: ['en'],
    },
    rooms: {
      defaultVersion: DEFAULT_ROOM_VERSION,
      encryptionByDefault: 'off',
      publicRoomsWithoutAuth: false,
      autoJoin: {
        rooms: [],
        createsRooms: true,
        federated: true,
        preset: 'public_chat',
        inviter: undefined,
        guests: true,
      },
      serverNotices: undefined,
      retention: undefined,
      policy: DEFAULT_ROOM_POLICY,
      longestEventDelay: undefined,
    },
    rtcTransports: [],
    userDirectory: {
      enabled: true,
      searchAllUsers: false,
      preferLocalUsers: false,
      excludeRemoteUsers: false,
      showLockedUsers: false,
    },
    searchEnabled: true,
    presence: { enabled: true },
    push: {
      enabled: true,
      includeContent: true,
      groupUnreadCountByRoom: true,
      threadSubscriptions: false,
      jitterDelay: 0,
    },
    wellKnown: { serveServer: false, clientExtra: {}, supportContacts: [], supportPage: undefined },
    turn: {
      uris: [],
      sharedSecret: undefined,
      username: undefined,
      password: undefined,
      userLifetime: 60 * MINUTE,
      allowGuests: true,
    },
    rateLimits: DEFAULT_RATE_LIMITS,
    federation: DEFAULT_FEDERATION,
    cacheBytes: 64 * MEGABYTE,
    log: { level: 'info', folder: join(given.dataDir, 'logs') },
    warnings: [],
    ...given,
  };
}

const peopleDefaults: Pick<Config, 'registration' | 'passwords' | 'tokens' | 'profiles'> = {
  registration: {
    enabled: false,
    withoutVerification: false,
    requiresToken: false,
    captcha: undefined,
    terms: undefined,
    consent: undefined,
    guests: false,
    sharedSecret: undefined,
    sharedSecretPath: undefined,
    inhibitUserInUse: false,
  },
  passwords: {
    enabled: true,
    rounds: 12,
    pepper: '',
    policy: {
      minimumLength: 0,
      requireDigit: false,
      requireSymbol: false,
      requireLowercase: false,
      requireUppercase: false,
    },
  },
  tokens: {
    sessionLifetime: undefined,
    refreshableAccessLifetime: 5 * MINUTE,
    refreshLifetime: undefined,
    nonRefreshableAccessLifetime: undefined,
    uiaSessionLifetime: 0,
  },
  profiles: {
    displayNameChangeAllowed: true,
    avatarChangeAllowed: true,
    requireAuthForRequests: false,
    limitToSharedRooms: false,
  },
};

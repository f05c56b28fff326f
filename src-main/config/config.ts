import type { Milliseconds } from '../base/clock.js';
import type { RoomVersion, ServerName, UserId } from '../spec/ids.js';
import type { ConsentConfig } from './consent-config.js';
import type { RetentionConfig } from './retention-config.js';
import type { RoomPolicyConfig } from './room-policy-config.js';

export type { ConsentConfig } from './consent-config.js';
export type { RetentionConfig } from './retention-config.js';
export type { DirectoryRule, RoomPolicyConfig } from './room-policy-config.js';

/** What a listener serves. `client`: client API, well-known, static pages; `keys` and `federation`: to other servers. */
export type ListenerResource = 'client' | 'federation' | 'keys' | 'media' | 'metrics' | 'health';

export interface ListenerConfig {
  /** 0 lets the system choose (tests) */
  readonly port: number;
  readonly bindAddresses: readonly string[];
  readonly tls: boolean;
  /** believe X-Forwarded-For and -Proto, from these addresses or ranges only; empty: from nobody */
  readonly trustedProxies: readonly string[];
  readonly resources: readonly ListenerResource[];
}

export type DatabaseConfig =
  | { readonly engine: 'sqlite'; readonly path: string }
  | {
      readonly engine: 'postgres';
      /** keys as `pg` takes them: host, port, user, password, database, ssl */
      readonly connection: Readonly<Record<string, unknown>>;
      readonly poolSize: number;
    };

/** A bucket that holds `burst` and fills at `perSecond`. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** The `rc_*` keys. */
export interface RateLimits {
  readonly message: RateLimit;
  readonly registration: RateLimit;
  readonly registrationTokenValidity: RateLimit;
  readonly login: { readonly address: RateLimit; readonly account: RateLimit; readonly failedAttempts: RateLimit };
  /** undefined: administrators' redactions count as messages */
  readonly adminRedaction: RateLimit | undefined;
  readonly joins: { readonly local: RateLimit; readonly remote: RateLimit };
  readonly joinsPerRoom: RateLimit;
  readonly thirdPartyValidation: RateLimit;
  readonly thirdPartyInvite: RateLimit;
  readonly invites: { readonly perRoom: RateLimit; readonly perUser: RateLimit; readonly perIssuer: RateLimit };
  readonly mediaCreate: RateLimit;
  readonly presence: { readonly perUser: RateLimit };
  readonly delayedEvents: RateLimit;
  readonly reports: RateLimit;
  readonly roomCreation: RateLimit;
  readonly userDirectory: RateLimit;
  /** requests of one other server; times in ms */
  readonly federation: {
    readonly windowSize: Milliseconds;
    readonly sleepLimit: number;
    readonly sleepDelay: Milliseconds;
    readonly rejectLimit: number;
    readonly concurrent: number;
  };
}

/** What this server asks of, and tells, other servers. */
export interface FederationConfig {
  /** undefined: all servers */
  readonly domainWhitelist: readonly ServerName[] | undefined;
  /** server names (`*` allowed) that this server does not talk to */
  readonly domainBlocklist: readonly string[];
  readonly verifyCertificates: boolean;
  /** server names (`*` allowed) whose certificates are not checked */
  readonly unverifiedDomains: readonly string[];
  /** do not check the certificates of services that are no homeservers: for tests only */
  readonly unverifiedServices: boolean;
  /** PEM files of authorities trusted instead of the system's */
  readonly customCaPaths: readonly string[];
  readonly minimumTls: '1.2' | '1.3';
  /** for how long an answer is waited for, where a request does not say */
  readonly clientTimeout: Milliseconds;
  /** how long a server that fails is let rest: `first`, then `factor` times as long each time, up to `longest` */
  readonly rests: { readonly first: Milliseconds; readonly factor: number; readonly longest: Milliseconds };
  readonly trustedKeyServers: readonly {
    readonly serverName: ServerName;
    /** `ed25519:…` → public key in unpadded base64; undefined: taken on trust over TLS */
    readonly verifyKeys: Readonly<Record<string, string>> | undefined;
    readonly acceptInsecurely: boolean;
  }[];
  readonly allowProfileLookup: boolean;
  readonly allowDeviceNameLookup: boolean;
  readonly publicRooms: boolean;
  /** ranges (CIDR) that requests to addresses chosen by strangers never reach, and exceptions to them */
  readonly deniedRanges: readonly string[];
  readonly allowedRanges: readonly string[];
}

/** The subjects of e-mails, under Synapse's names; `%(app)s`, `%(person)s`, `%(room)s`, `%(space)s` and `%(server_name)s` are filled in. */
export interface EmailSubjects {
  readonly message_from_person_in_room: string;
  readonly message_from_person: string;
  readonly messages_from_person: string;
  readonly messages_in_room: string;
  readonly messages_in_room_and_others: string;
  readonly messages_from_person_and_others: string;
  readonly invite_from_person: string;
  readonly invite_from_person_to_room: string;
  readonly invite_from_person_to_space: string;
  readonly password_reset: string;
  readonly email_validation: string;
  readonly email_already_in_use: string;
}

/** How e-mail is sent. */
export interface EmailConfig {
  readonly host: string;
  readonly port: number;
  /** undefined: the mail server asks for no name */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** TLS from the first byte, or STARTTLS: demanded, taken if offered, or not used */
  readonly encryption: 'from the start' | 'required' | 'if offered' | 'never';
  /** the name in the mail server's certificate, when it is not `host` */
  readonly tlsName: string | undefined;
  /** `Name <address>` or an address */
  readonly from: string;
  readonly appName: string;
  /** where links in notifications lead; undefined: to matrix.to */
  readonly clientBaseUrl: string | undefined;
  /** a web client that identity servers name in the e-mails with which they invite */
  readonly inviteClientLocation: string | undefined;
  /** how long a link that proves an address can be used */
  readonly validationTokenLifetime: Milliseconds;
  readonly subjects: EmailSubjects;
  readonly notifications: {
    readonly enabled: boolean;
    /** whoever registers with an address gets them without asking */
    readonly forNewUsers: boolean;
    readonly delayBeforeMail: Milliseconds;
  };
}

/** A key that this server signed with before; its signatures stay good for what was made before `expiredAt`. */
export interface OldSigningKey {
  /** `ed25519:…` */
  readonly keyId: string;
  /** 32 bytes in unpadded base64 */
  readonly publicKey: string;
  /** ms since the epoch */
  readonly expiredAt: Milliseconds;
}

/**
 * The whole configuration, read and checked, with its defaults filled in: what the house works with.
 * `load.ts` makes it of a file with Synapse's keys. Paths are absolute; sizes in bytes; times in ms.
 */
export interface Config {
  readonly serverName: ServerName;
  /** ends in a slash; where clients reach this server */
  readonly publicBaseUrl: string | undefined;
  /** where browsers are sent that come to the server's address */
  readonly webClient: string | undefined;
  readonly dataDir: string;
  readonly pidFile: string | undefined;
  readonly listeners: readonly ListenerConfig[];
  readonly database: DatabaseConfig;
  readonly signingKeyPath: string;
  readonly oldSigningKeys: readonly OldSigningKey[];
  /** for how long others may go on trusting our key answer */
  readonly signingKeyValidity: Milliseconds;
  /** PEM files; made self-signed at the first start when `selfSigned` */
  readonly tls: { readonly certificatePath: string; readonly privateKeyPath: string; readonly selfSigned: boolean };
  readonly registration: {
    readonly enabled: boolean;
    /** open to everybody without token, e-mail or captcha */
    readonly withoutVerification: boolean;
    readonly requiresToken: boolean;
    /** a riddle for those who register, by Google's reCAPTCHA; undefined: none */
    readonly captcha:
      | { readonly publicKey: string; readonly privateKey: string; readonly verifyUrl: string }
      | undefined;
    /** what those who register have to accept; undefined: nothing */
    readonly terms:
      | {
          readonly name: string;
          readonly version: string;
          /** where it can be read; undefined: this server shows it */
          readonly url: string | undefined;
          /** holds `<language>/<version>.html` */
          readonly folder: string | undefined;
        }
      | undefined;
    /** undefined: nobody is asked again once they registered */
    readonly consent: ConsentConfig | undefined;
    /** people may look around without an account */
    readonly guests: boolean;
    /** for `/_synapse/admin/v1/register` and `hearth register-user` */
    readonly sharedSecret: string | undefined;
    /** holds the shared secret; made at the first start when absent */
    readonly sharedSecretPath: string | undefined;
    /** refuse names already taken only when the account is made, not in `register/available` */
    readonly inhibitUserInUse: boolean;
  };
  readonly passwords: {
    readonly enabled: boolean;
    /** bcrypt cost */
    readonly rounds: number;
    readonly pepper: string;
    readonly policy: {
      readonly minimumLength: number;
      readonly requireDigit: boolean;
      readonly requireSymbol: boolean;
      readonly requireLowercase: boolean;
      readonly requireUppercase: boolean;
    };
  };
  /** lifetimes; undefined: for ever */
  readonly tokens: {
    readonly sessionLifetime: Milliseconds | undefined;
    readonly refreshableAccessLifetime: Milliseconds;
    readonly refreshLifetime: Milliseconds | undefined;
    readonly nonRefreshableAccessLifetime: Milliseconds | undefined;
    /** how long a finished user-interactive authentication serves further requests of its user; 0: one request only */
    readonly uiaSessionLifetime: Milliseconds;
  };
  readonly profiles: {
    readonly displayNameChangeAllowed: boolean;
    readonly avatarChangeAllowed: boolean;
    readonly requireAuthForRequests: boolean;
    readonly limitToSharedRooms: boolean;
  };
  /** e-mail addresses and phone numbers of accounts */
  readonly thirdParty: {
    /** whether people may add and remove their addresses */
    readonly changesAllowed: boolean;
    /** what everybody who registers must prove */
    readonly required: readonly ('email' | 'msisdn')[];
    /** nobody is asked for a phone number when registering */
    readonly phonesAtRegistration: boolean;
    /** addresses that may be used; empty: all */
    readonly allowed: readonly { readonly medium: 'email' | 'msisdn'; readonly pattern: RegExp }[];
    /** do not tell strangers whether an address belongs to an account */
    readonly inhibitErrors: boolean;
    /** host names that a link may lead to after it proved an address; undefined: all */
    readonly nextLinkDomains: readonly string[] | undefined;
    /** a service that proves phone numbers for us; its address ends in a slash */
    readonly phoneDelegate: string | undefined;
    /** whether identity servers are asked whose an address is that somebody invites */
    readonly lookupEnabled: boolean;
    /** what clients are told to use; this server itself asks none that no client named */
    readonly defaultIdentityServer: string | undefined;
  };
  /** undefined: this server sends no e-mail */
  readonly email: EmailConfig | undefined;
  readonly media: {
    readonly storePath: string;
    readonly maxUploadSize: number;
    /** how many bytes one user may upload in a time */
    readonly uploadLimits: readonly { readonly period: Milliseconds; readonly maxSize: number }[];
    /** bytes of all files together, of people here and copies; undefined: as much as the disk holds */
    readonly limit: number | undefined;
    /** named to those who are refused for want of room */
    readonly adminContact: string | undefined;
    readonly maxImagePixels: number;
    readonly dynamicThumbnails: boolean;
    readonly thumbnailSizes: readonly {
      readonly width: number;
      readonly height: number;
      readonly method: 'crop' | 'scale';
    }[];
    /** also answer the old paths without a token */
    readonly unauthenticated: boolean;
    /** how long copies of other servers' media are kept unused; undefined: for ever */
    readonly remoteLifetime: Milliseconds | undefined;
    /** how long what people here uploaded is kept unused; undefined: for ever */
    readonly localLifetime: Milliseconds | undefined;
    /** media ids of one user to which nothing was uploaded yet */
    readonly mostPending: number;
    /** how long something can be uploaded to a media id that was given out */
    readonly unusedLifetime: Milliseconds;
    /** bytes that may be fetched from other servers for one address */
    readonly remoteDownloads: RateLimit;
    /** servers whose media are not fetched */
    readonly deniedOrigins: readonly ServerName[];
  };
  /** previews of pages on the web */
  readonly urlPreviews: {
    readonly enabled: boolean;
    /** ranges (CIDR) that are never asked, and exceptions to them */
    readonly deniedRanges: readonly string[];
    readonly allowedRanges: readonly string[];
    /** addresses that are not asked: where all that one of them says holds */
    readonly forbidden: readonly Readonly<Record<string, string>>[];
    /** most bytes of a page or a picture */
    readonly maxSize: number;
    /** of an Accept-Language header */
    readonly languages: readonly string[];
  };
  readonly rooms: {
    readonly defaultVersion: RoomVersion;
    readonly encryptionByDefault: 'all' | 'invite' | 'off';
    readonly publicRoomsWithoutAuth: boolean;
    readonly policy: RoomPolicyConfig;
    /** rooms that everybody is in who makes an account here */
    readonly autoJoin: {
      /** aliases and ids */
      readonly rooms: readonly string[];
      /** those of this server that are not there are made for the first who comes */
      readonly createsRooms: boolean;
      /** other servers may be in the rooms that are made */
      readonly federated: boolean;
      readonly preset: 'public_chat' | 'private_chat' | 'trusted_private_chat';
      /** who makes them, and invites into those that are not open */
      readonly inviter: UserId | undefined;
      readonly guests: boolean;
    };
    /** how the server tells people what they have to know; undefined: it does not */
    readonly serverNotices:
      | {
          /** who speaks for the server; nobody can have that name */
          readonly userId: UserId;
          readonly displayName: string | undefined;
          readonly avatarUrl: string | undefined;
          /** '': none */
          readonly roomName: string;
          readonly roomAvatarUrl: string | undefined;
          readonly roomTopic: string | undefined;
          /** people are in the room at once, not only invited */
          readonly autoJoin: boolean;
        }
      | undefined;
    /** undefined: messages stay, whatever rooms say */
    readonly retention: RetentionConfig | undefined;
    /** undefined: no event can be sent later */
    readonly longestEventDelay: Milliseconds | undefined;
  };
  /** how clients reach media servers for calls: objects as MatrixRTC has them, with a `type` */
  readonly rtcTransports: readonly Readonly<Record<string, unknown>>[];
  readonly userDirectory: {
    readonly enabled: boolean;
    /** everybody finds every user that this server knows, not only those in the same or in public rooms */
    readonly searchAllUsers: boolean;
    readonly preferLocalUsers: boolean;
    readonly excludeRemoteUsers: boolean;
    readonly showLockedUsers: boolean;
  };
  readonly searchEnabled: boolean;
  readonly presence: { readonly enabled: boolean };
  /** notifications to people whose clients are away */
  readonly push: {
    readonly enabled: boolean;
    /** false: gateways are not told what is in events */
    readonly includeContent: boolean;
    /** the number on an app's icon counts rooms with something unread; false: all that is unread */
    readonly groupUnreadCountByRoom: boolean;
    /** people hear of the threads that they subscribed to, and of no others (MSC4306) */
    readonly threadSubscriptions: boolean;
    /** notifications wait for a random time up to this */
    readonly jitterDelay: Milliseconds;
  };
  /** what `.well-known/matrix/client` says beside the base URL */
  readonly wellKnown: {
    readonly serveServer: boolean;
    readonly clientExtra: Readonly<Record<string, unknown>>;
    readonly supportContacts: readonly Readonly<Record<string, string>>[];
    readonly supportPage: string | undefined;
  };
  readonly turn: {
    readonly uris: readonly string[];
    readonly sharedSecret: string | undefined;
    readonly username: string | undefined;
    readonly password: string | undefined;
    readonly userLifetime: Milliseconds;
    readonly allowGuests: boolean;
  };
  readonly rateLimits: RateLimits;
  readonly federation: FederationConfig;
  /** most bytes that all caches together may hold; at least 1 MB */
  readonly cacheBytes: number;
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly folder: string | undefined };
  /** what the file said that this server does not honour: a sentence each, for the log and the console */
  readonly warnings: readonly string[];
}

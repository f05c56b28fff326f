import type { Milliseconds } from '../base/clock.js';
import type { RoomVersion, ServerName } from '../spec/ids.js';

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

/**
 * The whole configuration, read and checked, with its defaults filled in: what the house works with.
 * `load.ts` makes it of a file with Synapse's keys. Paths are absolute; sizes in bytes; times in ms.
 */
export interface Config {
  readonly serverName: ServerName;
  /** ends in a slash; where clients reach this server */
  readonly publicBaseUrl: string | undefined;
  readonly dataDir: string;
  readonly pidFile: string | undefined;
  readonly listeners: readonly ListenerConfig[];
  readonly database: DatabaseConfig;
  readonly signingKeyPath: string;
  /** PEM files; made self-signed at the first start when `selfSigned` */
  readonly tls: { readonly certificatePath: string; readonly privateKeyPath: string; readonly selfSigned: boolean };
  readonly registration: {
    readonly enabled: boolean;
    /** open to everybody without token, e-mail or captcha */
    readonly withoutVerification: boolean;
    readonly requiresToken: boolean;
    /** for `/_synapse/admin/v1/register` and `hearth register-user` */
    readonly sharedSecret: string | undefined;
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
    readonly uiaSessionLifetime: Milliseconds;
  };
  readonly profiles: {
    readonly displayNameChangeAllowed: boolean;
    readonly avatarChangeAllowed: boolean;
    readonly requireAuthForRequests: boolean;
    readonly limitToSharedRooms: boolean;
  };
  readonly media: {
    readonly storePath: string;
    readonly maxUploadSize: number;
    readonly maxImagePixels: number;
    readonly dynamicThumbnails: boolean;
    readonly thumbnailSizes: readonly { readonly width: number; readonly height: number; readonly method: 'crop' | 'scale' }[];
    /** also answer the old paths without a token */
    readonly unauthenticated: boolean;
  };
  readonly rooms: {
    readonly defaultVersion: RoomVersion;
    readonly encryptionByDefault: 'all' | 'invite' | 'off';
    readonly publicRoomsWithoutAuth: boolean;
    readonly autoJoin: readonly string[];
  };
  readonly presence: { readonly enabled: boolean };
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
  /** most bytes that all caches together may hold */
  readonly cacheBytes: number;
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly folder: string | undefined };
  /** what the file said that this server does not honour: a sentence each, for the log and the console */
  readonly warnings: readonly string[];
}

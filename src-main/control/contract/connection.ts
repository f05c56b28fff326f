import type { ServerName } from '../../spec/ids.js';
import type { CertificateFiles, SetupMode, WebServer } from './surroundings.js';

/** The server's name, and the ways that lead to it. All of it answers while the server is stopped too. */
export interface ConnectionProcedures {
  'connection.state': { input: undefined; output: ConnectionState };
  /** What can be seen of this computer's network; before set-up too. */
  'connection.surroundings': { input: undefined; output: Surroundings };
  /** Looks up, now, what the records of a name say; before set-up too. */
  'connection.records': { input: RecordsQuery; output: RecordsView };
  /** Asks the server's name, now, where it says that the server is. */
  'connection.delegation': { input: undefined; output: DelegationView };
  /** Before set-up too. */
  'connection.snippet': { input: SnippetQuery; output: SnippetView };
  /** Before set-up too. */
  'connection.checkCertificate': { input: CertificateQuery; output: CertificateView };
  /** Serves another certificate from now on, without a restart. Announces `address.changed`. */
  'connection.useCertificate': { input: CertificateFiles; output: CertificateView };
  /** What another choice of who should reach the server would change; changes nothing. */
  'connection.plan': { input: ReachChoice; output: ReachPreview };
  /** Writes the choice into the configuration; it counts from the next start on. Announces `address.changed`. */
  'connection.apply': { input: ReachChoice; output: undefined };
  /** Announces `address.changed`; counts from the next start on. */
  'connection.setCalls': { input: CallSettings; output: undefined };
  'kit.state': { input: undefined; output: KitState };
  /** Makes a recovery kit with a new passphrase, which is shown this once. */
  'kit.make': { input: undefined; output: MadeKit };
  /** The kit last made is saved, and its passphrase written down: `ending` is its last four characters. */
  'kit.confirm': { input: { ending: string }; output: undefined };
}

/** Who should reach the server, and what has to be known for that. */
export interface ReachChoice {
  mode: SetupMode;
  /** the name by which it is reached from everywhere: the server name, or another; not for `try` and `home` */
  host?: string;
  /** address of the web server in front, when that is another computer; for `proxy` only */
  frontAddress?: string;
}

export interface ConnectionState {
  readonly serverName: ServerName;
  readonly choice: Readonly<ReachChoice>;
  /** `https://family.org/`; undefined: clients are given the home address */
  readonly publicBaseUrl: string | undefined;
  readonly clientAddress: string | undefined;
  /** as the configuration has them */
  readonly listeners: readonly {
    readonly addresses: readonly string[];
    readonly port: number;
    readonly tls: boolean;
    readonly serves: readonly string[];
    readonly trustedProxies: readonly string[];
    /** it answers now */
    readonly isOpen: boolean;
  }[];
  /** what this server answers at `/.well-known/matrix/server` and `/client`; undefined: it does not say */
  readonly wellKnown: { readonly server: string | undefined; readonly client: string | undefined };
  /** undefined: no listener has TLS */
  readonly certificate: CertificateView | undefined;
  readonly calls: {
    readonly turnUris: readonly string[];
    readonly turnAuth: 'secret' | 'password' | 'none';
    /** kinds of media servers for calls of many */
    readonly rtcTransports: readonly string[];
  };
  readonly push: { readonly enabled: boolean; readonly includesContent: boolean };
  /** how the router at home has to be told: from these outside ports to this computer's address and port */
  readonly forwarding:
    | { readonly outside: number; readonly address: string | undefined; readonly inside: number }
    | undefined;
  /** the configuration says something else than what runs */
  readonly needsRestart: boolean;
}

/** A mark on one of the choices. */
export interface ReachMark {
  readonly mode: SetupMode;
  readonly tone: 'good' | 'info' | 'warn';
  readonly code:
    | 'HOME_ADDRESS'
    | 'NO_NETWORK'
    | 'PUBLIC_ADDRESS'
    | 'BEHIND_ROUTER'
    | 'SHARED_ADDRESS'
    | 'ONLY_IPV6'
    | 'PORT_TAKEN'
    | 'WEB_SERVER_HERE'
    | 'NO_WEB_SERVER'
    | 'TUNNEL_HERE'
    | 'WORKS_ANYWHERE';
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface Surroundings {
  readonly ports: readonly {
    readonly port: number;
    readonly state: 'free' | 'taken' | 'forbidden';
    readonly program: string | undefined;
  }[];
  readonly addresses: readonly {
    readonly address: string;
    readonly family: 4 | 6;
    readonly kind: 'public' | 'private' | 'shared' | 'tunnel';
    readonly link: string;
  }[];
  readonly marks: readonly ReachMark[];
  /** ports that a new server would listen on */
  readonly plainPort: number;
  readonly tlsPort: number;
}

export interface RecordsQuery {
  serverName: string;
  host: string;
  /** the address of the home or the web server as others see it, when the person knows it */
  publicAddress?: string;
}

/**
 * `there`: something is there, and what should be is not known; `other`: it leads elsewhere; `unwanted`: it should not be
 * there; `failed`: it could not be looked up.
 */
export type RecordState = 'ok' | 'there' | 'missing' | 'other' | 'unwanted' | 'not-needed' | 'failed';

export interface RecordsView {
  readonly records: readonly {
    readonly name: string;
    readonly type: 'A' | 'AAAA' | 'SRV';
    readonly wanted: readonly string[] | undefined;
    readonly found: readonly string[];
    readonly state: RecordState;
  }[];
  readonly at: number;
}

export interface DelegationView {
  readonly files: readonly {
    readonly path: string;
    readonly url: string;
    /** what should be there */
    readonly wanted: string;
    /** what is; '' for nothing */
    readonly found: string;
    readonly state: 'ok' | 'missing' | 'other' | 'failed' | 'not-needed';
    /** why it could not be asked */
    readonly why: string | undefined;
  }[];
}

export interface SnippetQuery {
  server: WebServer;
  serverName: string;
  host: string;
  /** where the web server reaches this one: `127.0.0.1:8008` */
  upstream: string;
}

export interface SnippetView {
  readonly file: string;
  readonly text: string;
  /** what a site of the server's name has to answer, when the server is reached by another name */
  readonly delegation: readonly { readonly path: string; readonly text: string }[];
}

export interface CertificateQuery extends CertificateFiles {
  /** the name that it has to be good for */
  host: string;
}

export interface CertificateView {
  readonly certificatePath: string;
  readonly privateKeyPath: string;
  /** made by this server itself */
  readonly isOurs: boolean;
  readonly facts:
    | {
        readonly names: readonly string[];
        readonly issuer: string;
        readonly validFrom: number;
        readonly validTo: number;
        readonly isSelfSigned: boolean;
        readonly fingerprint: string;
      }
    | undefined;
  readonly findings: readonly {
    readonly aspect: 'files' | 'key' | 'name' | 'dates' | 'chain';
    readonly state: 'ok' | 'warning' | 'error' | 'could-not-check';
    /** `certificate.cause-…` has its sentence */
    readonly code: string | undefined;
    readonly fields: Readonly<Record<string, string | number>>;
  }[];
  /** it can be served, whatever others think of it */
  readonly isUsable: boolean;
}

/** One setting: what it says, and what it would say. YAML; undefined: it says nothing. */
export interface SettingChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface ReachPreview {
  readonly changes: readonly SettingChange[];
  /** invitations sent before lead to the old address */
  readonly changesAddress: boolean;
  /** nobody outside reaches it any more */
  readonly closes: boolean;
}

export interface CallSettings {
  /** `turn:turn.family.org?transport=udp`; none: no help for calls between networks */
  turnUris: string[];
  /** left as it is when absent */
  turnSecret?: string;
}

export interface KitState {
  /** undefined: no kit of the key that is in use was ever confirmed */
  readonly savedAt: number | undefined;
  readonly keyIds: readonly string[];
}

export interface MadeKit {
  readonly serverName: ServerName;
  readonly keyIds: readonly string[];
  readonly fileName: string;
  /** the file's text */
  readonly file: string;
  readonly passphrase: string;
  readonly madeAt: number;
}

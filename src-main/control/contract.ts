import type { Diagnosis, Step } from '../matrix/diagnostics/index.js';
import type { FailureCause } from '../matrix/servers/index.js';
import type { ServerName, UserId } from '../spec/ids.js';

export type { CauseCode, Diagnosis, Step, StepName, StepState } from '../matrix/diagnostics/index.js';

/**
 * What a console may ask of a server, and what it hears back: types only, for both transports (IPC and HTTP) and for
 * the pages. All times are ms since the epoch, all sizes bytes, all durations ms.
 */
export interface ControlProcedures {
  /** Answers before set-up too: whether there is a configuration, and what the wizard remembers. */
  'setup.state': { input: undefined; output: SetupState };
  /** Remembers the answers given so far, so that the wizard goes on where it was left. Never a password. */
  'setup.remember': { input: SetupDraft; output: undefined };
  'setup.checkName': { input: { serverName: string }; output: NameCheck };
  'setup.checkFolder': { input: { folder: string; mode: SetupMode }; output: FolderCheck };
  /** Writes the configuration, creates the first administrator, then starts the server. Announces `setup.changed`. */
  'setup.finish': { input: SetupAnswers; output: { userId: UserId } };

  'server.status': { input: undefined; output: ServerStatus };
  'server.start': { input: undefined; output: undefined };
  'server.stop': { input: undefined; output: undefined };
  'server.restart': { input: undefined; output: undefined };

  'people.list': { input: PeopleQuery; output: PeoplePage };
  'people.create': {
    input: { localpart: string; displayName?: string; password?: string; isAdmin: boolean };
    output: OneTimePassword;
  };
  'people.resetPassword': { input: { userId: UserId; signOut: boolean }; output: OneTimePassword };
  'people.deactivate': { input: { userId: UserId }; output: undefined };
  'people.setAdmin': { input: { userId: UserId; isAdmin: boolean }; output: undefined };

  'invitations.list': { input: undefined; output: Invitation[] };
  'invitations.create': { input: { uses: number | null; lifetime: number | null }; output: Invitation };
  'invitations.revoke': { input: { token: string }; output: undefined };

  'servers.list': { input: ServersQuery; output: ServersPage };
  /** @throws M_NOT_FOUND for one that was never asked for anything */
  'servers.detail': { input: { serverName: string }; output: OtherServer };
  /** Asks it whether it is there, whatever was remembered of it, and sends what waits if it is. */
  'servers.tryNow': { input: { serverName: string }; output: ServerTry };
  /** Begins to look how a server is reached; with `run`, tells how far that is. Announces `diagnosis.changed`. */
  'servers.diagnose': { input: { serverName: string; run?: string }; output: DiagnosisRun };

  'logs.read': { input: LogQuery; output: LogPage };

  'about.versions': { input: undefined; output: Versions };

  /** Only in the desktop app: lets the person choose a folder; undefined when they think better of it. */
  'app.chooseFolder': { input: { start: string }; output: { folder: string } | undefined };
}

export type ProcedureName = keyof ControlProcedures;
export type InputOf<N extends ProcedureName> = ControlProcedures[N]['input'];
export type OutputOf<N extends ProcedureName> = ControlProcedures[N]['output'];

/** News for consoles. They carry no state: whoever hears one asks again. */
export type ControlEvent =
  | 'setup.changed'
  | 'server.changed'
  | 'people.changed'
  | 'invitations.changed'
  | 'servers.changed'
  /** a step of a diagnosis is known */
  | 'diagnosis.changed'
  /** new lines; at most four times a second */
  | 'logs.changed'
  /** the console lost the server's process, or has it back */
  | 'connection.changed';

/** An answer or a failure with its code; failures are values, so that both transports carry them alike. */
export type ControlResult<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ControlFailure };

export interface ControlFailure {
  /** an errcode of the spec (`M_USER_IN_USE`) or one of ours; the pages have a sentence for each they expect */
  readonly code: ControlCode | `M_${string}`;
  /** English, for Details and logs */
  readonly message: string;
  /** `what` in a sentence is filled in from here */
  readonly fields?: Readonly<Record<string, string | number>>;
}

export type ControlCode =
  | 'NO_SUCH_PROCEDURE'
  | 'BAD_INPUT'
  | 'NOT_SET_UP'
  | 'ALREADY_SET_UP'
  | 'NOT_RUNNING'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'UNREACHABLE'
  | 'TOO_MANY_CALLS'
  | 'NAME_REFUSED'
  | 'FOLDER_REFUSED'
  | 'WEAK_PASSWORD'
  | 'LAST_ADMIN'
  | 'FAILED';

/** `try`: this computer only, nothing to keep; `home`: every device on the home network. */
export type SetupMode = 'try' | 'home';

export interface SetupDraft {
  mode?: SetupMode;
  folder?: string;
  serverName?: string;
  localpart?: string;
}

export interface SetupAnswers {
  mode: SetupMode;
  folder: string;
  serverName: ServerName;
  /** the person said that they understand a private name can never talk to other servers */
  acceptsPrivateName: boolean;
  admin: { localpart: string; password: string };
}

export interface SetupState {
  readonly configured: boolean;
  /** set while `setup.finish` runs */
  readonly step: SetupStep | undefined;
  readonly draft: SetupDraft;
  readonly suggestedFolder: string;
  /** the name that a server to try has: reserved, so that nobody can ever be reached by it */
  readonly trialName: ServerName;
  /** where devices at home would find this computer: `http://192.168.1.5:8008` */
  readonly homeAddress: string | undefined;
}

export type SetupStep = 'configuration' | 'database' | 'administrator' | 'listeners';

/** What a check found: fine, fine but worth a word, or refused; `codes` name the sentences. */
export type Verdict = 'ok' | 'warning' | 'refused';

export interface NameCheck {
  readonly verdict: Verdict;
  readonly code: NameCode | undefined;
  /** lower-case, without `https://` and slashes: what would be used */
  readonly serverName: ServerName;
}

export type NameCode =
  | 'NAME_EMPTY'
  | 'NAME_GRAMMAR'
  | 'NAME_IS_ADDRESS'
  | 'NAME_HAS_PORT'
  | 'NAME_TOO_LONG'
  | 'NAME_PUBLIC_SUFFIX'
  | 'NAME_RESERVED'
  | 'NAME_OF_ANOTHER'
  | 'NAME_PRIVATE'
  | 'NAME_STARTS_WITH_MATRIX';

export interface FolderCheck {
  readonly verdict: Verdict;
  readonly code: FolderCode | undefined;
  /** absolute */
  readonly folder: string;
  readonly freeBytes: number | undefined;
  readonly totalBytes: number | undefined;
}

export type FolderCode =
  | 'FOLDER_EMPTY'
  | 'FOLDER_NOT_ABSOLUTE'
  | 'FOLDER_IS_FILE'
  | 'FOLDER_NOT_WRITABLE'
  | 'FOLDER_HAS_SERVER'
  | 'FOLDER_IS_SYNCED'
  | 'FOLDER_IS_NETWORK'
  | 'FOLDER_LITTLE_SPACE'
  | 'FOLDER_SOME_SPACE'
  | 'FOLDER_HAS_FILES';

export type ServerState = 'not-set-up' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed';

/** Why the server does not run: the pages have a sentence and a next step for each code. */
export interface ServerProblem {
  readonly code:
    | 'PORT_IN_USE'
    | 'PORT_FORBIDDEN'
    | 'CONFIG_INVALID'
    | 'DATABASE_NEWER'
    | 'DATABASE_IN_USE'
    | 'DATABASE_BROKEN'
    | 'WRONG_SERVER_NAME'
    | 'DISK_FULL'
    | 'NO_PERMISSION'
    | 'UNKNOWN';
  /** what the program itself said */
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly since: number;
}

export interface ServerStatus {
  readonly state: ServerState;
  /** since when it is in this state */
  readonly since: number;
  readonly problem: ServerProblem | undefined;
  readonly version: string;
  readonly serverName: ServerName | undefined;
  readonly trial: boolean;
  /** where clients sign in: `http://192.168.1.5:8008` */
  readonly clientAddress: string | undefined;
  readonly listeners: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[];
  /** resident memory of the server's process */
  readonly memory: number;
  readonly disk:
    | { readonly folder: string; readonly free: number; readonly total: number; readonly used: number }
    | undefined;
  /** undefined while the server does not run */
  readonly people: { readonly all: number; readonly connected: number } | undefined;
  /** what the configuration says that this server does not honour */
  readonly warnings: readonly string[];
  readonly configPath: string;
}

export interface PeopleQuery {
  /** part of a name, any case */
  search?: string;
  /** `next` of the page before */
  after?: string;
  /** also people who were deactivated */
  deactivated?: boolean;
}

export interface Person {
  readonly userId: UserId;
  readonly displayName: string | undefined;
  readonly isAdmin: boolean;
  readonly state: 'active' | 'locked' | 'suspended' | 'deactivated';
  readonly createdAt: number;
  readonly lastSeen: number | undefined;
  readonly devices: number;
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** how many there are in all that match */
  readonly total: number;
  readonly next: string | undefined;
}

/** Shown once, never stored in clear, never logged. */
export interface OneTimePassword {
  readonly userId: UserId;
  readonly password: string;
}

export interface Invitation {
  readonly token: string;
  /** what to hand to the person invited */
  readonly link: string;
  /** undefined: as many as like */
  readonly usesAllowed: number | undefined;
  readonly used: number;
  readonly createdAt: number | undefined;
  /** undefined: never */
  readonly expiresAt: number | undefined;
  readonly state: 'open' | 'used' | 'expired';
}

export interface ServersQuery {
  /** part of the name, any case */
  search?: string;
  /** `next` of the page before */
  after?: string;
  /** only those that failed when they were asked last */
  failing?: boolean;
}

/**
 * `fine`: it answered last; `retrying`: it failed of late; `down`: it fails for a day or longer; `gone`: its name is not
 * found for a week or longer; `refusing`: it does not believe our signature.
 */
export type OtherServerState = 'fine' | 'retrying' | 'down' | 'gone' | 'refusing';

/** Another server that was asked for something. Its name is what strangers said. */
export interface OtherServer {
  readonly serverName: ServerName;
  readonly state: OtherServerState;
  readonly failingSince: number | undefined;
  /** tries in a row that failed */
  readonly failures: number;
  readonly lastSuccess: number | undefined;
  readonly lastFailure:
    | { readonly at: number; readonly why: string; readonly cause: FailureCause | undefined }
    | undefined;
  readonly nextTry: number | undefined;
  /** undefined: nothing */
  readonly waiting: WaitingForServer | undefined;
}

export interface WaitingForServer {
  readonly events: number;
  /** there are more than were counted */
  readonly isMore: boolean;
  /** keys and device lists */
  readonly others: number;
  readonly since: number | undefined;
}

/** By name. */
export interface ServersPage {
  readonly servers: readonly OtherServer[];
  readonly next: string | undefined;
}

/** What came of trying: `why` in English when there was no answer. */
export interface ServerTry {
  readonly answered: boolean;
  readonly why: string | undefined;
  readonly cause: FailureCause | undefined;
}

export interface DiagnosisRun {
  readonly run: string;
  readonly serverName: string;
  readonly startedAt: number;
  /** those that are known, in order */
  readonly steps: readonly Step[];
  /** undefined while it runs */
  readonly result: Pick<Diagnosis, 'isOwn' | 'outcome'> | undefined;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  /** counts up by one with every line since the program started */
  readonly id: number;
  readonly time: number;
  readonly level: LogLevel;
  /** which part of the server wrote it: `rooms`, `http` … */
  readonly part: string;
  readonly text: string;
  /** the facts beside the words, as JSON text; '' when there are none */
  readonly fields: string;
}

export interface LogQuery {
  /** only lines after this id; 0 for all that are kept */
  after: number;
  levels?: LogLevel[];
  part?: string;
  /** in the words, the part or the fields; any case */
  text?: string;
  /** at most so many, the newest */
  limit: number;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** the newest line looked at: ask after it next */
  readonly last: number;
  /** how many of each level are kept, whatever was asked for */
  readonly counts: Readonly<Record<LogLevel, number>>;
  readonly parts: readonly string[];
  /** begins anew with each start of the program: ids of another run mean nothing */
  readonly run: string;
}

export interface Versions {
  readonly hearth: string;
  readonly node: string;
  readonly system: string;
  /** `SQLite 3.50.4`, `PostgreSQL 18.1`; undefined while the server does not run */
  readonly database: string | undefined;
  readonly electron: string | undefined;
  readonly chromium: string | undefined;
  readonly licence: string;
  readonly folders: { readonly data: string | undefined; readonly configuration: string };
}

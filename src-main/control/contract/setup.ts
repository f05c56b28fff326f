import type { ServerName, UserId } from '../../spec/ids.js';
import type { CertificateFiles, SetupMode, WebServer } from './surroundings.js';

/** The wizard. */
export interface SetupProcedures {
  /** Answers before set-up too: whether there is a configuration, and what the wizard remembers. */
  'setup.state': { input: undefined; output: SetupState };
  /** Remembers the answers given so far, so that the wizard goes on where it was left. Never a password. */
  'setup.remember': { input: SetupDraft; output: undefined };
  'setup.checkName': { input: { serverName: string; mode?: SetupMode }; output: NameCheck };
  'setup.checkFolder': { input: { folder: string; mode: SetupMode }; output: FolderCheck };
  /** Writes the configuration, creates the first administrator, then starts the server. Announces `setup.changed`. */
  'setup.finish': { input: SetupAnswers; output: { userId: UserId } };
  /** The last page was left: the wizard does not come back. Announces `setup.changed`. */
  'setup.complete': { input: undefined; output: undefined };
}

/** The pages of the wizard. From `kit` on the server runs. */
export type SetupPage =
  | 'welcome'
  | 'look'
  | 'folder'
  | 'reach'
  | 'name'
  | 'address'
  | 'way'
  | 'certificate'
  | 'safety'
  | 'account'
  | 'ready'
  | 'kit'
  | 'running'
  | 'check'
  | 'done';

export interface SetupDraft {
  /** where the wizard was left */
  page?: SetupPage;
  mode?: SetupMode;
  folder?: string;
  serverName?: string;
  /** the name by which it is reached, when it is not the server name */
  host?: string;
  publicAddress?: string;
  webServer?: WebServer;
  frontAddress?: string;
  certificate?: CertificateFiles;
  safety?: SafetyChoices;
  localpart?: string;
}

/** What the server may do on behalf of people, and how much. */
export interface SafetyChoices {
  linkPreviews: boolean;
  presence: boolean;
  /** bytes that one person may upload in a day; null: any number */
  dailyUpload: number | null;
}

export interface SetupAnswers {
  mode: SetupMode;
  folder: string;
  serverName: ServerName;
  /** the person said that they understand a private name can never talk to other servers */
  acceptsPrivateName: boolean;
  /** for `direct`, `proxy` and `tunnel`; the server name unless given */
  host?: string;
  /** for `proxy`, when the web server is another computer */
  frontAddress?: string;
  /** for `home` and `direct`; made by the server itself unless given */
  certificate?: CertificateFiles;
  safety?: SafetyChoices;
  admin: { localpart: string; password: string };
}

export interface SetupState {
  readonly configured: boolean;
  /** the server is made, and the pages after that were not gone through yet */
  readonly unfinished: boolean;
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
  /** the same, where others should find it */
  | 'NAME_PRIVATE_OUTSIDE'
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

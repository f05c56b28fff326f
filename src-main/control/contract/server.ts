import type { ServerName } from '../../spec/ids.js';
import type { DiskRung } from './storage.js';

/** The server's life, and what it is made of. */
export interface ServerProcedures {
  'server.status': { input: undefined; output: ServerStatus };
  'server.start': { input: undefined; output: undefined };
  'server.stop': { input: undefined; output: undefined };
  'server.restart': { input: undefined; output: undefined };
  'about.versions': { input: undefined; output: Versions };
}

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
  /** the chat in a browser that the configuration names */
  readonly webClient?: string | undefined;
  readonly listeners: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[];
  /** resident memory of the server's process */
  readonly memory: number;
  readonly disk:
    | {
        readonly folder: string;
        readonly free: number;
        readonly total: number;
        readonly used: number;
        readonly rung: DiskRung;
      }
    | undefined;
  /** undefined while the server does not run */
  readonly people: { readonly all: number; readonly connected: number } | undefined;
  /** what the configuration says that this server does not honour */
  readonly warnings: readonly string[];
  readonly configPath: string;
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

import type { AppProcedures } from './contract/app.js';
import type { ConnectionProcedures } from './contract/connection.js';
import type { HealthProcedures } from './contract/health.js';
import type { LogsProcedures } from './contract/logs.js';
import type { PeopleProcedures } from './contract/people.js';
import type { ReachProcedures } from './contract/reach.js';
import type { RoomsProcedures } from './contract/rooms.js';
import type { ServerProcedures } from './contract/server.js';
import type { OtherServersProcedures } from './contract/servers.js';
import type { SettingsProcedures } from './contract/settings.js';
import type { SetupProcedures } from './contract/setup.js';
import type { StorageProcedures } from './contract/storage.js';

export type * from './contract/app.js';
export type * from './contract/connection.js';
export type * from './contract/health.js';
export type * from './contract/logs.js';
export type * from './contract/people.js';
export type * from './contract/reach.js';
export type * from './contract/rooms.js';
export type * from './contract/server.js';
export type * from './contract/servers.js';
export type * from './contract/settings.js';
export type * from './contract/setup.js';
export type * from './contract/storage.js';
export type * from './contract/surroundings.js';

/**
 * What a console may ask of a server, and what it hears back: types only, for both transports (IPC and HTTP) and for
 * the pages. All times are ms since the epoch, all sizes bytes, all durations ms.
 */
export interface ControlProcedures
  extends SetupProcedures,
    ServerProcedures,
    PeopleProcedures,
    RoomsProcedures,
    StorageProcedures,
    OtherServersProcedures,
    ReachProcedures,
    LogsProcedures,
    SettingsProcedures,
    HealthProcedures,
    ConnectionProcedures,
    AppProcedures {}

export type ProcedureName = keyof ControlProcedures;
export type InputOf<N extends ProcedureName> = ControlProcedures[N]['input'];
export type OutputOf<N extends ProcedureName> = ControlProcedures[N]['output'];

/** News for consoles. They carry no state: whoever hears one asks again. */
export type ControlEvent =
  | 'setup.changed'
  /** the app's own settings, in the desktop app */
  | 'app.changed'
  /** the name's ways, the certificate or the recovery kit */
  | 'address.changed'
  | 'server.changed'
  | 'people.changed'
  /** the file says something else */
  | 'settings.changed'
  | 'invitations.changed'
  | 'rooms.changed'
  | 'storage.changed'
  | 'servers.changed'
  /** a step of a diagnosis is known */
  | 'diagnosis.changed'
  /** a step of the way here is known */
  | 'reach.changed'
  /** a check says something else, or is shown or hidden */
  | 'health.changed'
  /** there is a new minute */
  | 'measurements.changed'
  | 'activity.changed'
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
  | 'CERTIFICATE_REFUSED'
  | 'HOST_REFUSED'
  | 'CONFIG_INVALID'
  | 'KIT_NOT_CONFIRMED'
  | 'WEAK_PASSWORD'
  | 'LAST_ADMIN'
  | 'BAD_PATTERN'
  | 'SLOW_PATTERN'
  | 'FAILED';

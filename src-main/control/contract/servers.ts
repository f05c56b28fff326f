import type { Diagnosis, Step } from '../../matrix/diagnostics/index.js';
import type { FailureCause } from '../../matrix/servers/index.js';
import type { ServerName } from '../../spec/ids.js';

export type { CauseCode, Diagnosis, Step, StepName, StepState } from '../../matrix/diagnostics/index.js';

/** Other servers. */
export interface OtherServersProcedures {
  'servers.list': { input: ServersQuery; output: ServersPage };
  /** @throws M_NOT_FOUND for one that was never asked for anything */
  'servers.detail': { input: { serverName: string }; output: OtherServer };
  /** Asks it whether it is there, whatever was remembered of it, and sends what waits if it is. */
  'servers.tryNow': { input: { serverName: string }; output: ServerTry };
  /** Begins to look how a server is reached; with `run`, tells how far that is. Announces `diagnosis.changed`. */
  'servers.diagnose': { input: { serverName: string; run?: string }; output: DiagnosisRun };
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

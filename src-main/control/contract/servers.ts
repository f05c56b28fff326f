import type { Diagnosis, Step, StepName } from '../../matrix/diagnostics/index.js';
import type { EventTimes, JoinProgress } from '../../matrix/federation/index.js';
import type { FailureCause, Refusal } from '../../matrix/servers/index.js';
import type { EventId, RoomId, ServerName, UserId } from '../../spec/ids.js';

export type { CauseCode, Diagnosis, Step, StepName, StepState } from '../../matrix/diagnostics/index.js';

/** Other servers. */
export interface OtherServersProcedures {
  'servers.list': { input: ServersQuery; output: ServersPage };
  /** @throws M_NOT_FOUND for one that was never asked for anything */
  'servers.detail': { input: { serverName: string }; output: OtherServer };
  /** Asks it whether it is there, whatever was remembered of it, and sends what waits if it is. */
  'servers.tryNow': { input: { serverName: string }; output: ServerTry };
  /** The same for all that something waits for, without waiting for them. */
  'servers.tryAll': { input: undefined; output: { readonly servers: number } };
  /** What happened with it, its keys, the rooms in common, what waits by type, and what we did not take of it. */
  'servers.more': { input: { serverName: string }; output: ServerMore };
  /** Forgets where it was said to be: it is looked for anew. */
  'servers.forgetWay': { input: { serverName: string }; output: undefined };
  /** Which servers this one does not talk to. */
  'servers.blocked': { input: undefined; output: BlockedServers };
  /** Refuses a server, or all that a pattern such as `*.example.org` means, both ways, from now on. @throws CONFIG_INVALID */
  'servers.block': { input: { name: string }; output: undefined };
  'servers.unblock': { input: { name: string }; output: undefined };
  /** How much went to them and came from them. */
  'servers.traffic': { input: { span: TrafficSpan }; output: ServerTraffic };
  /** Those that have not answered for long, the longest first. */
  'servers.gone': { input: undefined; output: readonly GoneServer[] };
  /** What is left of servers that are gone. */
  'servers.tidyPreview': { input: { names: string[] }; output: TidyPreview };
  /** Drops what waits for them, and what else is asked for; rooms go in the background. */
  'servers.tidy': { input: TidyServers; output: TidiedServers };
  /** Whom it would leave out to talk to these only. */
  'servers.allowPreview': { input: { names: string[] }; output: AllowPreview };
  /** Talks to these only, from now on; null: to all that are not blocked. @throws CONFIG_INVALID */
  'servers.allow': { input: { names: string[] | null }; output: undefined };
  /** Where a message was kept, by its event id or a link to it. @throws M_NOT_FOUND, BAD_INPUT */
  'servers.late': { input: { message: string }; output: MessageWay };
  /** Rooms that people are coming into through other servers. */
  'joins.list': { input: undefined; output: readonly JoinProgress[] };
  /** @throws M_NOT_FOUND */
  'joins.cancel': { input: { roomId: string }; output: undefined };
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
 * found for a week or longer; `refusing`: it does not believe our signature; `slow`: one of twenty answers takes longer
 * than ten seconds; `blocked`: by us.
 */
export type OtherServerState = 'fine' | 'slow' | 'blocked' | 'retrying' | 'down' | 'gone' | 'refusing';

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
  /** rooms in common */
  readonly rooms: number;
  /** memberships of its people in them */
  readonly people: number;
  /** when it took something of ours */
  readonly lastSent: number | undefined;
  /** when it asked us for something */
  readonly lastReceived: number | undefined;
  /** 95 of 100 answers come within this, in ms */
  readonly replyTime: number | undefined;
  /** its clock minus ours, in ms */
  readonly clockAhead: number | undefined;
  /** what it says of itself */
  readonly software: string | undefined;
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

export interface ServerMore {
  /** the newest first */
  readonly attempts: readonly ServerAttempt[];
  readonly keys: readonly ServerKeyInfo[];
  /** at most a hundred, those with most of its people first */
  readonly rooms: readonly { readonly roomId: RoomId; readonly name: string | undefined; readonly people: number }[];
  /** events that wait, by their type */
  readonly queue: readonly { readonly type: string; readonly count: number }[];
  /** what it sent or asked in the last day and we did not take; the newest first */
  readonly refusals: readonly Refusal[];
}

/** A turn in how it fares. */
export interface ServerAttempt {
  readonly at: number;
  /** undefined: it answered again */
  readonly failure: { readonly why: string; readonly cause: FailureCause | undefined } | undefined;
}

export interface ServerKeyInfo {
  readonly keyId: string;
  readonly validUntil: number;
  /** its server gave it up */
  readonly isExpired: boolean;
  readonly fetchedAt: number;
}

export type TrafficSpan = 'day' | 'week' | 'month';

export interface ServerTraffic {
  /** the beginning of the first point */
  readonly from: number;
  /** ms between two points */
  readonly step: number;
  /** events that other servers took, each as often as it was sent, point by point */
  readonly sent: readonly number[];
  readonly received: readonly number[];
  /** at most a hundred, those with most events first */
  readonly busiest: readonly BusyServer[];
  /** all that there was something with */
  readonly servers: number;
}

export interface BusyServer {
  readonly serverName: ServerName;
  readonly eventsSent: number;
  readonly eventsReceived: number;
  /** that it answered */
  readonly requestsSent: number;
  readonly requestsReceived: number;
}

/** A server that has not answered for long, and has not spoken to us either. */
export interface GoneServer {
  readonly serverName: ServerName;
  readonly failingSince: number;
  /** its name is not found any more */
  readonly isNameGone: boolean;
}

/** Of all servers asked about together. */
export interface TidyPreview {
  /** messages that wait */
  readonly events: number;
  /** there are more than were counted */
  readonly isMore: boolean;
  /** keys and device lists that wait */
  readonly others: number;
  /** copies of what was uploaded there */
  readonly copies: number;
  readonly copyBytes: number;
  /** rooms in which nobody is but people of this server and of those */
  readonly rooms: readonly {
    readonly roomId: RoomId;
    readonly name: string | undefined;
    /** of this server */
    readonly people: number;
    readonly events: number;
    readonly bytes: number;
  }[];
}

export interface TidyServers {
  names: string[];
  /** copies go too */
  copies: boolean;
  /** everybody here leaves the rooms left alone, and what is stored of them goes */
  rooms: boolean;
}

export interface TidiedServers {
  readonly copies: number;
  readonly copyBytes: number;
  /** being removed */
  readonly rooms: number;
}

export interface AllowPreview {
  /** servers that rooms are shared with; at most a thousand, those with most rooms first */
  readonly leftOut: readonly ServerName[];
}

export interface BlockedServers {
  /** names, and patterns with `*` */
  readonly names: readonly string[];
  /** undefined: all others are talked to */
  readonly allowed: readonly string[] | undefined;
}

/** The way of a message. Times are ms since the epoch by our clock. */
export interface MessageWay {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly roomName: string | undefined;
  readonly sender: UserId;
  /** it was written here */
  readonly isOwn: boolean;
  /** when its server says that it was sent, by that server's clock */
  readonly saidSent: number;
  /** by how much that clock is ahead of ours; undefined: it never said */
  readonly clockAhead: number | undefined;
  /** undefined: it came long ago, or before the last start */
  readonly times: EventTimes | undefined;
}

export interface DiagnosisRun {
  readonly run: string;
  readonly serverName: string;
  readonly startedAt: number;
  /** all that are looked at, in order */
  readonly names: readonly StepName[];
  /** those that are known, in order */
  readonly steps: readonly Step[];
  /** undefined while it runs */
  readonly result: Pick<Diagnosis, 'isOwn' | 'outcome'> | undefined;
}

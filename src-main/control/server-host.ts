import type { Diagnosis, Step } from '../matrix/diagnostics/index.js';
import type { JoinProgress } from '../matrix/federation/index.js';
import type { EventId, RoomId, UserId } from '../spec/ids.js';
import type {
  AllowPreview,
  BlockedServers,
  GoneServer,
  MessageWay,
  OtherServer,
  ServerMore,
  ServersPage,
  ServersQuery,
  ServerStatus,
  ServerTraffic,
  ServerTry,
  SetupAnswers,
  SetupDraft,
  SetupState,
  TidiedServers,
  TidyPreview,
  TidyServers,
  TrafficSpan,
  Versions,
} from './contract.js';
import type { Connection } from './desks/connection.js';
import type { HealthDesk } from './desks/health.js';
import type { LogDesk } from './desks/logs.js';
import type { Office } from './desks/office.js';
import type { ReachDesk } from './desks/reach.js';
import type { RoomsDesk } from './desks/rooms.js';
import type { StorageDesk } from './desks/storage.js';
import type { SettingsDesk } from './desks/settings.js';

export type { Office };

/**
 * Whoever owns the server's life: builds it, starts it, stops it, and knows what state it is in. Every shell has one;
 * the procedures see no more of it than this.
 */
export interface ServerHost {
  status(): Promise<ServerStatus>;
  versions(): Versions;
  setupState(): Promise<SetupState>;
  remember(draft: SetupDraft): Promise<void>;
  /** The wizard's last page was left. */
  completeSetup(): Promise<void>;
  /**
   * Writes the configuration, creates the first administrator while nothing listens, then starts.
   *
   * @throws ControlError ALREADY_SET_UP; whatever keeps the server from starting, with nothing left behind
   */
  setUp(answers: SetupAnswers): Promise<UserId>;
  /** Resolves once it runs or has failed; the state says which. @throws ControlError NOT_SET_UP */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @throws ControlError NOT_RUNNING, NOT_SET_UP */
  office(): Office;
  /** @throws ControlError NOT_RUNNING, NOT_SET_UP */
  otherServers(): OtherServers;
  /** @throws ControlError NOT_RUNNING, NOT_SET_UP */
  reach(): ReachDesk;
  /** @throws ControlError NOT_RUNNING, NOT_SET_UP */
  rooms(): RoomsDesk;
  /** @throws ControlError NOT_RUNNING, NOT_SET_UP */
  storage(): StorageDesk;
  /** answers whatever the server does */
  health(): HealthDesk;
  logs(): LogDesk;
  /** answers whatever the server does */
  settings(): SettingsDesk;
  /** answers whatever the server does */
  connection(): Connection;
}

/** What the console sees of other servers. */
export interface OtherServers {
  list(query: ServersQuery): Promise<ServersPage>;
  /** undefined for one that was never asked for anything */
  detail(serverName: string): Promise<OtherServer | undefined>;
  tryNow(serverName: string): Promise<ServerTry>;
  /** @returns how many are tried from now on */
  tryAll(): number;
  more(serverName: string): Promise<ServerMore>;
  forgetWay(serverName: string): void;
  blocked(): BlockedServers;
  /** @throws ControlError CONFIG_INVALID; what keeps the configuration from being written */
  setBlocked(names: readonly string[]): void;
  allowPreview(names: readonly string[]): Promise<AllowPreview>;
  /** @param names undefined: all @throws ControlError CONFIG_INVALID; what keeps the configuration from being written */
  setAllowed(names: readonly string[] | undefined): void;
  /** undefined for an event that is not here */
  wayOf(eventId: EventId): Promise<MessageWay | undefined>;
  joins(): readonly JoinProgress[];
  /** @returns whether there was one */
  cancelJoin(roomId: RoomId): boolean;
  traffic(span: TrafficSpan): Promise<ServerTraffic>;
  gone(): Promise<GoneServer[]>;
  tidyPreview(names: readonly string[]): Promise<TidyPreview>;
  tidy(request: TidyServers): Promise<TidiedServers>;
  diagnose(serverName: string, onStep: (step: Step) => void): Promise<Diagnosis>;
}

import type {
  BusyServer,
  GoneServer,
  Invitation,
  LogLevel,
  OtherServer,
  Person,
  ServerProblem,
  ServerState,
  ServerStatus,
  SetupAnswers,
  SetupDraft,
  SetupState,
  MessageWay,
  ServerMore,
  ServersQuery,
  ServerTraffic,
  ServerTry,
  Step,
  TidyPreview,
  TidyServers,
  TrafficSpan,
  Versions,
} from '../../src-main/control/contract.js';
import type { HealthDesk } from '../../src-main/control/desks/health.js';
import type { ReachDesk } from '../../src-main/control/desks/reach.js';
import type { RoomsDesk } from '../../src-main/control/desks/rooms.js';
import type { StorageDesk } from '../../src-main/control/desks/storage.js';
import { ControlError, type ControlEvents } from '../../src-main/control/procedure.js';
import type { Office, OtherServers, ServerHost } from '../../src-main/control/server-host.js';
import type { JoinProgress } from '../../src-main/matrix/federation/index.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { FakeConnection } from './fake-host/connection.js';
import { FakeLogs } from './fake-host/logs.js';
import { FakeOffice } from './fake-host/office.js';
import { FakeSettings } from './fake-host/settings.js';
import { FakeHealth } from './fake-host/health.js';
import { FakeReach } from './fake-host/reach.js';
import { FakeRooms } from './fake-host/rooms.js';
import { FakeStorage } from './fake-host/storage.js';

const MINUTE = 60_000;

/** A server's owner without a server: for tests of pages in states that are hard to bring about with a real one. */
export class FakeServerHost implements ServerHost {
  state: ServerState = 'running';
  problem: ServerProblem | undefined;
  isConfigured = true;
  isTrial = false;
  warnings: string[] = [];
  draft: SetupDraft = {};
  isUnfinished = false;
  readonly ways = new FakeConnection();
  readonly accounts: FakeOffice;
  readonly decisions = new FakeSettings();
  readonly log: FakeLogs;
  readonly way: FakeReach;
  readonly wellness: FakeHealth;
  readonly room = new FakeRooms();
  readonly disk = new FakeStorage();
  readonly servers: OtherServer[] = [];
  more: ServerMore = { attempts: [], keys: [], rooms: [], queue: [], refusals: [] };
  blocked: readonly string[] = [];
  allowed: readonly string[] | undefined;
  messageWay: MessageWay | undefined;
  joins: readonly JoinProgress[] = [];
  busiest: readonly BusyServer[] = [];
  goneServers: readonly GoneServer[] = [];
  toTidy: TidyPreview = { events: 0, isMore: false, others: 0, copies: 0, copyBytes: 0, rooms: [] };
  readonly tidied: TidyServers[] = [];
  tried: ServerTry = { answered: true, why: undefined, cause: undefined };
  /** a diagnosis tells them, and ends once `diagnosed` resolves */
  steps: Step[] = [];
  diagnosed: Promise<void> = Promise.resolve();

  constructor(
    private readonly events: ControlEvents,
    readonly now: () => number = Date.now,
  ) {
    this.accounts = new FakeOffice(now);
    this.log = new FakeLogs(() => events.announce('logs.changed'), now);
    this.wellness = new FakeHealth(this, (event) => events.announce(event), now);
    this.way = new FakeReach(() => events.announce('reach.changed'), now);
  }

  status = async (): Promise<ServerStatus> => ({
    state: this.state,
    since: this.now() - 3 * 60 * MINUTE,
    problem: this.problem,
    version: '0.1.0',
    serverName: this.isConfigured ? 'family.test' : undefined,
    trial: this.isTrial,
    clientAddress: this.state === 'running' ? 'http://192.168.1.5:8008' : undefined,
    listeners: [
      { address: '0.0.0.0', port: 8008, tls: false },
      { address: '::', port: 8448, tls: true },
    ],
    memory: 96_000_000,
    disk: { folder: '/srv/hearth', free: 212_000_000_000, total: 512_000_000_000, used: 148_000_000, rung: 'fine' },
    people: this.state === 'running' ? await this.office().countPeople() : undefined,
    warnings: this.warnings,
    configPath: '/srv/hearth/homeserver.yaml',
  });

  versions(): Versions {
    const folders = { data: '/srv/hearth/data', configuration: '/srv/hearth/homeserver.yaml' };
    const parts = {
      node: '24.21.0',
      system: 'Linux 6.1 (x64)',
      database: 'SQLite 3.50.4',
      electron: undefined,
      chromium: undefined,
    };
    return { hearth: '0.1.0', licence: 'AGPL-3.0-or-later', folders, ...parts };
  }

  setupState = async (): Promise<SetupState> => ({
    configured: this.isConfigured,
    unfinished: this.isUnfinished,
    step: undefined,
    draft: this.draft,
    suggestedFolder: '/tmp/hearth-data',
    trialName: 'hearth.localhost',
    homeAddress: 'http://192.168.1.5:8008',
  });

  async remember(draft: SetupDraft): Promise<void> {
    this.draft = draft;
  }

  async completeSetup(): Promise<void> {
    this.isUnfinished = false;
  }

  connection = () => this.ways;

  async setUp({ mode, serverName, admin }: SetupAnswers): Promise<UserId> {
    this.isConfigured = true;
    this.isTrial = mode === 'try';
    this.isUnfinished = true;
    this.addPerson(admin.localpart, { isAdmin: true });
    return `@${admin.localpart}:${serverName}`;
  }

  async start(): Promise<void> {
    this.become('running');
  }

  async stop(): Promise<void> {
    this.become('stopped');
  }

  become(state: ServerState, problem?: ServerProblem): void {
    this.state = state;
    this.problem = problem;
    this.events.announce('server.changed');
  }

  office(): Office {
    if (this.state !== 'running') throw new ControlError('NOT_RUNNING', 'the server is not running');
    return this.accounts;
  }

  storage(): StorageDesk {
    if (this.state !== 'running') throw new ControlError('NOT_RUNNING', 'the server is not running');
    return this.disk;
  }

  rooms(): RoomsDesk {
    if (this.state !== 'running') throw new ControlError('NOT_RUNNING', 'the server is not running');
    return this.room;
  }

  otherServers(): OtherServers {
    if (this.state !== 'running') throw new ControlError('NOT_RUNNING', 'the server is not running');
    return {
      list: async ({ search = '', failing = false }: ServersQuery) => {
        const servers = this.servers.filter(
          ({ serverName, failures }) => serverName.includes(search) && (!failing || failures > 0),
        );
        return { servers, next: undefined };
      },
      detail: async (name) => this.servers.find(({ serverName }) => serverName === name),
      tryNow: async () => this.tried,
      tryAll: () => 0,
      more: async () => this.more,
      forgetWay: () => undefined,
      blocked: () => ({ names: this.blocked, allowed: this.allowed }),
      allowPreview: async (names) => ({
        leftOut: this.servers.map(({ serverName }) => serverName).filter((name) => !names.includes(name)),
      }),
      setAllowed: (names) => {
        this.allowed = names;
      },
      setBlocked: (names) => {
        this.blocked = names;
      },
      wayOf: async () => this.messageWay,
      joins: () => this.joins,
      cancelJoin: (roomId) => this.joins.some((join) => join.roomId === roomId),
      traffic: async (span) => this.traffic(span),
      gone: async () => [...this.goneServers],
      tidyPreview: async () => this.toTidy,
      tidy: async (request) => {
        this.tidied.push(request);
        this.goneServers = this.goneServers.filter(({ serverName }) => !request.names.includes(serverName));
        const { copies, copyBytes, rooms } = this.toTidy;
        return { copies: request.copies ? copies : 0, copyBytes, rooms: request.rooms ? rooms.length : 0 };
      },
      diagnose: async (serverName, onStep) => {
        for (const step of this.steps) onStep(step);
        await this.diagnosed;
        const outcome = this.steps.some(({ state }) => state === 'error') ? 'error' : 'ok';
        return { serverName, isOwn: serverName === 'family.test', steps: this.steps, outcome };
      },
    };
  }

  private traffic(span: TrafficSpan): ServerTraffic {
    const [step, count] = { day: [60, 24], week: [360, 28], month: [1440, 30] }[span].map(Number) as [number, number];
    const points = (most: number) =>
      Array.from({ length: count }, (_, point) => Math.round(most * Math.abs(Math.sin(point / 4))));
    const none = Array.from({ length: count }, () => 0);
    const isQuiet = this.busiest.length === 0;
    return {
      from: this.now() - (count - 1) * step * MINUTE,
      step: step * MINUTE,
      sent: isQuiet ? none : points(40),
      received: isQuiet ? none : points(230),
      busiest: this.busiest,
      servers: this.busiest.length,
    };
  }

  people(): { all: number; connected: number } {
    return { all: this.accounts.persons.length, connected: Math.min(2, this.accounts.persons.length) };
  }

  health(): HealthDesk {
    return this.wellness;
  }

  reach(): ReachDesk {
    if (this.state !== 'running') throw new ControlError('NOT_RUNNING', 'the server is not running');
    return this.way;
  }

  addServer(serverName: string, given: Partial<OtherServer> = {}): OtherServer {
    const server: OtherServer = {
      serverName,
      state: 'fine',
      failingSince: undefined,
      failures: 0,
      lastSuccess: this.now() - 5 * MINUTE,
      lastFailure: undefined,
      nextTry: undefined,
      waiting: undefined,
      rooms: 2,
      people: 5,
      lastSent: this.now() - 2 * MINUTE,
      lastReceived: this.now() - MINUTE,
      replyTime: 180,
      clockAhead: 0,
      software: 'Synapse/1.130.0',
      ...given,
    };
    this.servers.push(server);
    return server;
  }

  addPerson = (localpart: string, given: Partial<Person> = {}): Person => this.accounts.addPerson(localpart, given);
  addInvitation = (given: Partial<Invitation> = {}): Invitation => this.accounts.addInvitation(given);

  addLine(level: LogLevel, part: string, text: string, fields: object = {}): void {
    this.log.add(level, part, text, fields);
  }

  logs = () => this.log;
  settings = () => this.decisions;
}

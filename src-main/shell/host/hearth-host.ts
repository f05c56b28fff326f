import { existsSync } from 'node:fs';
import { arch, release, type as systemName } from 'node:os';
import { Lanes } from '../../base/lane.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { VERSION } from '../../base/version.js';
import type { Config } from '../../config/config.js';
import { saveConfig } from '../../config/save.js';
import type {
  ServerProblem,
  ServerState,
  ServerStatus,
  SetupAnswers,
  SetupDraft,
  SetupState,
  SetupStep,
  Versions,
} from '../../control/contract.js';
import type { Connection } from '../../control/desks/connection.js';
import { createHealthDesk, type HealthDesk } from '../../control/desks/health.js';
import type { LogDesk } from '../../control/desks/logs.js';
import type { SettingsDesk } from '../../control/desks/settings.js';
import { createSettingsDesk } from '../../control/settings/settings-desk.js';
import { createOffice } from '../../control/office.js';
import { ControlError, type ControlEvents } from '../../control/procedure.js';
import { createReachDesk, type ReachDesk } from '../../control/desks/reach.js';
import { createOtherServers } from '../../control/other-servers.js';
import type { RoomsDesk } from '../../control/desks/rooms.js';
import { createRoomsDesk } from '../../control/rooms/rooms-desk.js';
import type { StorageDesk } from '../../control/desks/storage.js';
import { createStorageDesk } from '../../control/storage/storage-desk.js';
import type { Office, OtherServers, ServerHost } from '../../control/server-host.js';
import { DiskUse } from '../../health/disk-use.js';
import type { Health, PowerState } from '../../health/index.js';
import { createHomeserver, type Homeserver } from '../../homeserver.js';
import type { ListenerAddress } from '../../http/listeners.js';
import { CLEAN_UPS_TOPIC, ERASURES_TOPIC } from '../../matrix/admin/index.js';
import type { UserId } from '../../spec/ids.js';
import type { DiskSpaceOf } from '../../storage/disk-room.js';
import { streamTopic } from '../../storage/news.js';
import { clientAddress, homeAddress } from './addresses.js';
import { clearHalfDone } from './half-done.js';
import { type HostConnectionDeps, hostConnection } from './host-connection.js';
import type { Locations } from './locations.js';
import type { HostLogging } from './host-logging.js';
import { healthSections, hostLogs } from './host-logs.js';
import { problemOf } from './problem.js';
import { makeServer, type PreferredPorts, TRIAL_NAME } from './set-up.js';
import { SetupMemory } from './setup-memory.js';

export interface HearthHostDeps {
  readonly locations: Locations;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logging: Pick<HostLogging, 'ring' | 'debugged' | 'path'>;
  readonly events: ControlEvents;
  readonly ports: PreferredPorts;
  /** instead of the system's: tests have their own */
  readonly dns?: HostConnectionDeps['dns'];
  readonly spaceOf?: DiskSpaceOf | undefined;
  readonly machine?: HostConnectionDeps['machine'];
  /** the built pages */
  readonly pages: string;
  /** @throws ConfigError */
  readConfig(): Config;
  /** a server with this configuration, built and not started */
  readonly build?: (config: Config) => Promise<Homeserver>;
  /** the configuration changed hands: levels and files of logs may follow it */
  onConfig?(config: Config): void;
}

/** Where the server is in its life, and since when. */
interface Life {
  readonly state: ServerState;
  readonly since: Milliseconds;
  readonly problem: ServerProblem | undefined;
}

/**
 * Owns a server's life, the same in every shell: the wizard while there is no configuration, then start, stop and what
 * went wrong. A server that cannot start is a state with a reason, never the end of the program.
 */
export class HearthHost implements ServerHost {
  readonly #deps: HearthHostDeps;
  readonly #lane = new Lanes<'life'>();
  readonly #disk: DiskUse;
  readonly #logs: LogDesk;
  readonly #memory: SetupMemory;
  readonly #connection: Connection;
  #life: Life;
  #config: Config | undefined;
  #server: Homeserver | undefined;
  /** of the server that runs, or ran last */
  #health: Health | undefined;
  #power: PowerState | undefined;
  #open: readonly ListenerAddress[] = [];
  #step: SetupStep | undefined;

  constructor(deps: HearthHostDeps) {
    this.#deps = deps;
    this.#disk = new DiskUse(deps.clock, undefined, deps.spaceOf);
    this.#memory = new SetupMemory(deps.locations);
    this.#connection = hostConnection({
      ...deps,
      memory: this.#memory,
      readConfig: () => (this.isConfigured ? deps.readConfig() : undefined),
      running: () => this.#server && { server: this.#server, open: this.#open },
    });
    this.#logs = hostLogs({
      ...deps,
      serverName: () => this.#config?.serverName,
      status: () => this.status(),
      versions: () => this.versions(),
      more: async () => healthSections(this.#health),
    });
    if (existsSync(deps.locations.unfinishedConfig)) clearHalfDone(deps.locations.unfinishedConfig, deps.log);
    this.#life = { state: this.isConfigured ? 'stopped' : 'not-set-up', since: deps.clock.now(), problem: undefined };
  }

  get isConfigured(): boolean {
    return existsSync(this.#deps.locations.config);
  }

  /** the file that the wizard writes, or wrote */
  get configPath(): string {
    return this.#deps.locations.config;
  }

  async setUp(answers: SetupAnswers): Promise<UserId> {
    return this.#lane.run('life', async () => {
      if (this.isConfigured) throw new ControlError('ALREADY_SET_UP', 'this server is set up already');
      try {
        const { server, userId } = await makeServer(answers, {
          ...this.#deps,
          build: (config) => this.#build(config),
          onStep: (step) => this.#at(step),
        });
        this.#memory.made(answers.mode, answers.admin.localpart);
        this.#at('listeners');
        await this.#openDoors(server);
        return userId;
      } finally {
        this.#at(undefined);
      }
    });
  }

  async start(): Promise<void> {
    await this.#lane.run('life', async () => {
      if (!this.isConfigured) throw new ControlError('NOT_SET_UP', 'there is no configuration yet');
      if (this.#server) return;
      this.#become('starting');
      try {
        await this.#openDoors(await this.#build(this.#deps.readConfig()));
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  async stop(): Promise<void> {
    await this.#lane.run('life', async () => {
      const server = this.#server;
      if (!server) return;
      this.#become('stopping');
      this.#server = undefined;
      this.#open = [];
      await server.stop();
      this.#become('stopped');
    });
  }

  office(): Office {
    const server = this.#running();
    return createOffice({
      ...server,
      activity: server.health.activity,
      canNotify: server.config.rooms.serverNotices !== undefined,
      clock: this.#deps.clock,
      clientAddress: () => clientAddress(server.config, this.#open),
    });
  }

  connection(): Connection {
    return this.#connection;
  }

  health(): HealthDesk {
    return createHealthDesk({
      clock: this.#deps.clock,
      life: () => this.#life,
      health: () => this.#health,
      people: () => this.office().countPeople(),
    });
  }

  /** The system goes to sleep, says whoever hears of it. */
  suspending(): void {
    this.#health?.awake.suspending();
    this.#deps.events.announce('health.changed');
  }

  /** The system woke up, says whoever hears of it. */
  resumed(): void {
    this.#health?.awake.resumed();
  }

  /** What the shell knows of the computer's power, whenever it changes. */
  setPower(power: PowerState): void {
    this.#power = power;
    if (this.#life.state !== 'running') return;
    void this.#health?.engine.runNow(['on-battery', 'sleep-not-prevented', 'autostart-off']);
  }

  rooms(): RoomsDesk {
    const server = this.#running();
    return createRoomsDesk({ ...server, activity: server.health.activity, clock: this.#deps.clock });
  }

  storage(): StorageDesk {
    const server = this.#running();
    return createStorageDesk({
      ...server,
      clock: this.#deps.clock,
      measurements: server.health.measurements,
      activity: server.health.activity,
      disk: () => this.#disk.of(server.config.dataDir),
      save: (edits) => void saveConfig(this.configPath, edits),
    });
  }

  otherServers(): OtherServers {
    return createOtherServers({
      ...this.#running(),
      clock: this.#deps.clock,
      saveBlocked: (names) =>
        void saveConfig(this.configPath, [{ path: ['federation_domain_blocklist'], value: names }]),
      saveAllowed: (names) =>
        void saveConfig(this.configPath, [{ path: ['federation_domain_whitelist'], value: names }]),
    });
  }

  reach(): ReachDesk {
    const { config, reach } = this.#running();
    return createReachDesk(config.serverName, reach);
  }

  #running(): Homeserver {
    if (!this.isConfigured) throw new ControlError('NOT_SET_UP', 'there is no configuration yet');
    const server = this.#server;
    if (server && this.#life.state === 'running') return server;
    throw new ControlError('NOT_RUNNING', 'the server is not running');
  }

  async status(): Promise<ServerStatus> {
    const config = this.#config;
    const isRunning = this.#life.state === 'running';
    const [disk, people] = await Promise.all([
      config && this.#disk.of(config.dataDir),
      isRunning ? this.office().countPeople() : undefined,
    ]);
    return {
      ...this.#life,
      version: VERSION,
      serverName: config?.serverName,
      trial: config?.serverName === TRIAL_NAME,
      clientAddress: config && clientAddress(config, this.#open),
      webClient: config?.webClient,
      listeners: this.#open.map(({ address, port, tls }) => ({ address, port, tls })),
      memory: process.memoryUsage.rss(),
      disk,
      people,
      warnings: config?.warnings ?? [],
      configPath: this.configPath,
    };
  }

  versions(): Versions {
    const { node, electron, chrome } = process.versions;
    return {
      hearth: VERSION,
      node,
      system: `${systemName()} ${release()} (${arch()})`,
      database: this.#server?.db.engine === 'postgres' ? 'PostgreSQL' : this.#server && 'SQLite',
      electron,
      chromium: chrome,
      licence: 'AGPL-3.0-or-later',
      folders: { data: this.#config?.dataDir, configuration: this.#deps.locations.config },
    };
  }

  async setupState(): Promise<SetupState> {
    const configured = this.isConfigured;
    const unfinished = configured && this.#memory.isUnfinished();
    return {
      configured,
      unfinished,
      step: this.#step,
      draft: configured && !unfinished ? {} : this.#memory.draft(),
      suggestedFolder: this.#deps.locations.data,
      trialName: TRIAL_NAME,
      homeAddress: homeAddress(),
    };
  }

  async remember(draft: SetupDraft): Promise<void> {
    this.#memory.remember(draft);
  }

  async completeSetup(): Promise<void> {
    this.#memory.complete();
  }

  settings(): SettingsDesk {
    return createSettingsDesk({
      configPath: this.configPath,
      readConfig: () => (this.isConfigured ? this.#deps.readConfig() : undefined),
      running: () => this.#server?.config,
    });
  }

  logs(): LogDesk {
    return this.#logs;
  }

  async #build(config: Config): Promise<Homeserver> {
    this.#config = config;
    this.#deps.onConfig?.(config);
    const { build, clock, log, pages } = this.#deps;
    return build
      ? build(config)
      : createHomeserver(config, {
          clock,
          log,
          pages,
          dns: this.#deps.dns,
          spaceOf: this.#deps.spaceOf,
          looksAtItself: true,
          power: () => this.#power,
          kitSavedAt: () => this.connection().kit().savedAt,
        });
  }

  /** Opens the doors of a server that is built; one that cannot open them is a failure with a reason. */
  async #openDoors(server: Homeserver): Promise<void> {
    this.#become('starting');
    try {
      this.#open = await server.start();
      this.#server = server;
      server.reach.onChange(() => this.#deps.events.announce('reach.changed'));
      this.#follow(server);
      this.#become('running');
      this.#deps.log.info('the server is running', {
        serverName: server.config.serverName,
        listeners: this.#open.length,
      });
    } catch (error) {
      await server.stop();
      this.#fail(error);
    }
  }

  #follow({ health, db, accounts }: Homeserver): void {
    const { events } = this.#deps;
    const { newAccounts, deactivations } = accounts.streams;
    const topics = [newAccounts, deactivations].map(({ name }) => streamTopic(name));
    db.news.watch([...topics, ERASURES_TOPIC], () => events.announce('people.changed'));
    db.news.watch([CLEAN_UPS_TOPIC], () => events.announce('storage.changed'));
    this.#health = health;
    health.engine.subscribe(() => events.announce('health.changed'));
    health.measurements.subscribe(() => events.announce('measurements.changed'));
    health.activity.subscribe(() => events.announce('activity.changed'));
  }

  #fail(error: unknown): void {
    const problem = problemOf(error, this.#deps.clock.now());
    this.#deps.log.error('the server could not start', { error });
    this.#become('failed', problem);
  }

  #become(state: ServerState, problem?: ServerProblem): void {
    this.#life = { state, since: this.#deps.clock.now(), problem };
    this.#deps.events.announce('server.changed');
  }

  #at(step: SetupStep | undefined): void {
    this.#step = step;
    this.#deps.events.announce('setup.changed');
  }
}

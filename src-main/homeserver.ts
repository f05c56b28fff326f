import { Caches } from './base/caches.js';
import type { Clock, Milliseconds } from './base/clock.js';
import type { Logger } from './base/logger.js';
import { type Job, runJobs } from './base/supervisor.js';
import type { Config } from './config/config.js';
import { prepareDataFolder } from './config/secrets.js';
import { type AppDeps, createApp } from './http/app.js';
import type { Authenticate, Endpoint } from './http/endpoint.js';
import { createHealth, type Health, type HealthDeps, type PowerState } from './health/index.js';
import { healthEndpoint } from './http/health.js';
import { type ListenDeps, type ListenerAddress, listen } from './http/listeners.js';
import { DatabaseCare } from './maintenance/database-care.js';
import { clientWellKnown, createAbout } from './matrix/about/index.js';
import { type Accounts, createAccounts } from './matrix/accounts/index.js';
import { type Admin, createAdmin } from './matrix/admin/index.js';
import { createAppservices } from './matrix/appservices/index.js';
import { createDiagnostics, createReach, type Diagnostics, type Reach } from './matrix/diagnostics/index.js';
import { createEncryption, type Encryption } from './matrix/encryption/index.js';
import { createEphemeral } from './matrix/ephemeral/index.js';
import { createEvents, type Events } from './matrix/events/index.js';
import { createFederation, type MessageTimes, type Queues, type RemoteJoins } from './matrix/federation/index.js';
import { createMedia, type Media, type MediaUses } from './matrix/media/index.js';
import { createPush } from './matrix/push/index.js';
import { createRooms, type RoomCare, type ServerNotices } from './matrix/rooms/index.js';
import { createServers, type Servers } from './matrix/servers/index.js';
import { createSync } from './matrix/sync/index.js';
import type { Dns, HostAddress } from './net/dns.js';
import { createMail } from './net/mail.js';
import { createNetwork, type Network } from './net/network.js';
import type { Database } from './storage/database.js';
import { claimServerName } from './storage/migrate.js';
import { DiskRoom, type DiskSpaceOf, systemSpaceOf } from './storage/disk-room.js';
import { openDatabase } from './storage/open.js';
import { type Certificates, openCertificates } from './tls/certificates.js';

/** What the house gets from whoever runs it. */
export interface Host {
  readonly clock: Clock;
  readonly log: Logger;
  /** bounds on connections other than the usual ones: tests have some */
  readonly connectionLimits?: ListenDeps['limits'];
  /** instead of the system's: tests have their own */
  readonly dns?: Dns | undefined;
  /** instead of the ways out and the addresses of this computer: tests have their own */
  readonly network?: ((real: Network) => Network) | undefined;
  readonly addresses?: (() => HostAddress[]) | undefined;
  /** instead of the networks that this computer is in: tests have their own */
  readonly links?: HealthDeps['addresses'];
  /** instead of the system's: tests have their own */
  readonly spaceOf?: DiskSpaceOf | undefined;
  /** now and then it looks by itself whether others can reach it */
  readonly looksAtItself?: boolean;
  /** what the shell knows of the computer's power */
  readonly power?: (() => PowerState | undefined) | undefined;
  /** when the recovery kit was saved (ms since the epoch); undefined where nobody keeps count of that */
  readonly kitSavedAt?: (() => Milliseconds | undefined) | undefined;
  /** the built pages: where invitations lead */
  readonly pages?: string | undefined;
}

/** A domain as the root sees it: what it answers and what it does by itself. */
export interface Domain {
  readonly endpoints: readonly Endpoint[];
  readonly jobs: readonly Job[];
}

/** A whole server, built and not yet started. */
export interface Homeserver {
  readonly config: Config;
  readonly db: Database;
  /** what is kept in memory of it */
  readonly caches: Caches;
  readonly endpoints: readonly Endpoint[];
  /** who has an account: for consoles and the command line */
  readonly accounts: Accounts;
  /** how other servers fare: for consoles */
  readonly servers: Servers;
  /** joins by way of other servers while they run: for consoles */
  readonly joins: Pick<RemoteJoins, 'list' | 'cancel'>;
  /** what waits for other servers: for consoles */
  readonly queues: Queues;
  /** when messages of other servers came: for consoles */
  readonly times: MessageTimes;
  readonly events: Pick<Events, 'inCommon' | 'reader'>;
  /** why a server cannot be reached: for consoles */
  readonly diagnostics: Diagnostics;
  /** what there is to look after in rooms: for consoles */
  readonly rooms: RoomCare;
  /** what there is to look after in media: for consoles */
  readonly media: MediaDoor;
  /** people who are being erased: for consoles */
  readonly erasures: Admin['erasures'];
  /** media that are cleared away: for consoles */
  readonly cleanUps: Admin['cleanUps'];
  /** servers that are gone, and what is left of them: for consoles */
  readonly goneServers: Admin['gone'];
  /** who has a key backup: for consoles */
  readonly keyBackups: Encryption['keyBackups'];
  /** who uploaded how much: for consoles */
  readonly mediaUses: MediaUses;
  /** how large the database is, and how it gets smaller: for consoles */
  readonly databaseCare: DatabaseCare;
  /** what people have to be told: for consoles */
  readonly notices: Pick<ServerNotices, 'send'>;
  /** whether others can reach this server: for consoles */
  readonly reach: Reach;
  /** whether all is well, how it was, and what happened: for consoles */
  readonly health: Health;
  /** what listeners with TLS show; undefined: there are none */
  readonly certificates: Certificates | undefined;
  /**
   * Starts jobs and opens the listeners: when it resolves, requests are answered.
   *
   * @returns where it listens, with the ports that the system chose
   * @throws Error when an address cannot be bound; `stop` is to be called then too
   */
  start(): Promise<readonly ListenerAddress[]>;
  /** Lets running requests finish (9 s at most), ends the jobs, closes the database. */
  stop(): Promise<void>;
}

/**
 * Builds the house from the ground up; the only place that knows every domain. Starts nothing.
 *
 * @throws Error with a sentence when the database, a key or a certificate cannot be used
 */
export async function createHomeserver(given: Config, host: Host): Promise<Homeserver> {
  const { clock, log } = host;
  const config = prepareDataFolder(given);
  for (const warning of config.warnings) log.warn(warning, { part: 'config' });
  const caches = new Caches(config.cacheBytes);
  const db = await openDatabase(config.database, { caches, clock, log: log.child({ part: 'storage' }) });
  try {
    const { spaceOf = systemSpaceOf } = host;
    const disk = new DiskRoom({ folder: config.dataDir, clock, spaceOf });
    return await build({ db, config, caches, clock, log, disk }, host);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** What every domain may have. */
interface Base {
  readonly db: Database;
  readonly config: Config;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly disk: DiskRoom;
}

/** Services from low floor to high, each with what it needs of those below. */
async function build(base: Base, host: Host): Promise<Homeserver> {
  await claimServerName(base.db, base.config.serverName);
  const certificates = certificatesFor(base);
  const real = createNetwork({ ...base, dns: host.dns });
  const network = host.network?.(real) ?? real;
  const servers = await createServers({ ...base, network });
  const mail = createMail(base);
  const { serverName, signingKey, requests } = servers;
  const wellKnown = clientWellKnown(base.config);
  const accounts = createAccounts({ ...base, wellKnown, mail, outgoing: network.outgoing, signingKey, requests });
  await accounts.rateExceptions.load();
  const media = createMedia({ ...base, requests, outgoing: network.outgoing, web: network.web });
  const events = createEvents({ ...base, author: servers, keys: servers.keys });
  const federation = createFederation({ ...base, servers, events, outgoing: network.outgoing });
  const rooms = createRooms({ ...base, serverName, events, federation, accounts, requests });
  const encryption = createEncryption({ ...base, accounts, events, federation, requests });
  const ephemeral = createEphemeral({
    ...base,
    serverName,
    accounts,
    events,
    federation,
    removedRooms: rooms.care.gone,
  });
  const push = createPush({ ...base, accounts, events, rooms, ephemeral, outgoing: network.outgoing, mail });
  const sync = createSync({ ...base, events, rooms, accounts, encryption, ephemeral, push, times: federation.times });
  const admin = createAdmin({ ...base, serverName, accounts, media, events, federation, rooms, servers });
  const about = createAbout({ ...base, pages: host.pages });

  const ground: Domain = {
    endpoints: [healthEndpoint],
    jobs: [...network.jobs, ...(mail ? [mail.job] : []), ...(certificates ? [certificates.job] : [])],
  };
  const below: Domain[] = [ground, servers, createAppservices(), accounts, media, events, federation, rooms];
  const above: Domain[] = [encryption, ephemeral, push, sync, admin, about];
  const { joins } = federation.membership;
  const diagnostics = createDiagnostics({
    ...base,
    network,
    ownKeys: [signingKey],
    allowed: () => servers.circle.allowed,
  });
  const open: OpenListeners = { addresses: [] };
  const { reach, jobs } = createReach({
    ...base,
    network,
    servers,
    listening: () => open.addresses,
    partners: () => events.inCommon.top(base.db, MOST_PARTNERS),
    gateways: () => push.gateways.list(),
    ...(host.addresses ? { addresses: host.addresses } : {}),
  });
  if (host.looksAtItself) above.push({ endpoints: [], jobs });
  const { queues, wakeUps } = federation;
  const { dns } = network;
  const { power = () => undefined, kitSavedAt } = host;
  const shell = { power, kitSavedAt };
  const health = createHealth({
    ...base,
    dns,
    accounts,
    admin,
    media,
    events,
    servers,
    queues,
    wakeUps,
    push,
    reach,
    certificates,
    spaceOf: host.spaceOf ?? systemSpaceOf,
    addresses: host.links,
    ...shell,
  });
  const databaseCare = new DatabaseCare({ ...base, log: base.log.child({ part: 'storage' }) });
  above.push(health, { endpoints: [], jobs: [databaseCare.job] });
  const doors = {
    accounts,
    servers,
    joins,
    queues,
    times: federation.times,
    events,
    diagnostics,
    rooms: rooms.care,
    media,
    erasures: admin.erasures,
    cleanUps: admin.cleanUps,
    goneServers: admin.gone,
    keyBackups: encryption.keyBackups,
    mediaUses: media.uses,
    databaseCare,
    notices: rooms.notices,
    reach,
    health,
    open,
    tls: certificates,
  };
  return assemble(base, host, [...below, ...above], doors);
}

const certificatesFor = ({ config, clock, log }: Base) =>
  config.listeners.some(({ tls }) => tls)
    ? openCertificates({ config, clock, log: log.child({ part: 'tls' }) })
    : undefined;

/** Who is told of every answer that leaves. */
const answersTo =
  ({ health, servers }: Pick<Doors, 'health' | 'servers'>): AppDeps['onAnswer'] =>
  (answer) => {
    health.onAnswer(answer);
    const { spec, status, caller } = answer;
    if (status < 400 || caller === undefined || !spec.startsWith('server-server/')) return;
    servers.peers.refused(caller, { kind: spec, roomId: undefined, why: String(status) });
  };

/** Where it takes connections, once it does. */
interface OpenListeners {
  addresses: readonly ListenerAddress[];
}

/** Other servers that may be asked how they see this one. */
const MOST_PARTNERS = 8;

type MediaDoor = Pick<Media, 'care' | 'budget' | 'content'>;

/** What a house needs beside its endpoints and jobs. */
interface Doors {
  readonly accounts: Accounts;
  readonly servers: Servers;
  readonly joins: RemoteJoins;
  readonly queues: Queues;
  readonly times: MessageTimes;
  readonly events: Events;
  readonly rooms: RoomCare;
  readonly media: MediaDoor;
  readonly erasures: Admin['erasures'];
  readonly cleanUps: Admin['cleanUps'];
  readonly goneServers: Admin['gone'];
  readonly keyBackups: Encryption['keyBackups'];
  readonly mediaUses: MediaUses;
  readonly databaseCare: DatabaseCare;
  readonly notices: ServerNotices;
  readonly diagnostics: Diagnostics;
  readonly reach: Reach;
  readonly health: Health;
  readonly open: OpenListeners;
  readonly tls: Certificates | undefined;
}

function assemble(base: Base, host: Host, domains: readonly Domain[], doors: Doors): Homeserver {
  const { tls, open, ...shown } = doors;
  const { db, config, caches, clock, disk } = base;
  const log = base.log.child({ part: 'http' });
  const endpoints = domains.flatMap((domain) => domain.endpoints);
  const jobs = domains.flatMap((domain) => domain.jobs);
  const authenticate: Authenticate = {
    user: (token, request) => shown.accounts.authenticate.user(token, request),
    ...shown.servers.authenticate,
  };
  const app = createApp({ endpoints, authenticate, db, log, disk, onAnswer: answersTo(shown) });
  const running: { stop(): Promise<void> }[] = [{ stop: () => db.close() }];
  return {
    config,
    db,
    caches,
    endpoints,
    ...shown,
    certificates: tls,
    async start() {
      running.push(runJobs(jobs, { clock, log: base.log }));
      const listeners = await listen({ listeners: config.listeners, app, tls, log, limits: host.connectionLimits });
      running.push({ stop: () => listeners.close() });
      open.addresses = listeners.addresses;
      return listeners.addresses;
    },
    async stop() {
      while (running.length > 0) await running.pop()?.stop();
    },
  };
}

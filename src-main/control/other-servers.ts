import type { Clock, Milliseconds } from '../base/clock.js';
import { Semaphore } from '../base/semaphore.js';
import type { Diagnostics } from '../matrix/diagnostics/index.js';
import type { Queues, RemoteJoins } from '../matrix/federation/index.js';
import { type Destination, failureCause, RemoteError, type Servers } from '../matrix/servers/index.js';
import type { OtherServer, OtherServerState, ServersPage, ServersQuery, ServerTry } from './contract.js';
import type { OtherServers } from './server-host.js';
import { type GoneDeskDeps, goneDesk } from './servers/gone-desk.js';
import { type MessageWayDeps, wayOf } from './servers/message-way.js';
import { readMore, type ServerMoreDeps } from './servers/server-more.js';
import { trafficOf } from './servers/traffic-desk.js';

export type OtherServersDeps = Omit<ServerMoreDeps & MessageWayDeps & GoneDeskDeps, 'servers' | 'queues'> & {
  readonly servers: Pick<
    Servers,
    'destinations' | 'requests' | 'forgetWay' | 'circle' | 'peers' | 'keysOf' | 'serverName' | 'traffic'
  >;
  readonly queues: Pick<Queues, 'waiting' | 'servers' | 'sendNow' | 'types'>;
  readonly joins: Pick<RemoteJoins, 'list' | 'cancel'>;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
  /** writes down which servers are blocked; @throws what keeps it from being written */
  saveBlocked(names: readonly string[]): void;
  /** writes down the only servers that are talked to; @param names undefined: all */
  saveAllowed(names: readonly string[] | undefined): void;
};

const PAGE = 50;
const MOST_SHARED = 1_000;
/** Tried together, and of them at once. */
const MOST_TRIED = 1_000;
const TRIED_AT_ONCE = 20;
const HOUR: Milliseconds = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const SLOW: Milliseconds = 10_000;
/** Somebody looks at the screen meanwhile. */
const PATIENCE: Milliseconds = 20_000;

/** The console's desk for other servers: what `matrix/servers` and the sending queue know, in the console's words. */
export function createOtherServers(deps: OtherServersDeps): OtherServers {
  const { servers, queues, diagnostics, joins } = deps;
  const { destinations, circle } = servers;
  const tryNow = async (serverName: string) => {
    servers.forgetWay(serverName);
    const tried = await tryServer(servers, serverName);
    if (tried.answered) queues.sendNow(serverName);
    return tried;
  };
  return {
    async list(query) {
      const found = await destinations.list({ ...page(query), limit: PAGE + 1 });
      const shown = found.slice(0, PAGE);
      const others = await toOtherServers(deps, shown);
      const next = found.length > PAGE ? shown.at(-1)?.server : undefined;
      return { servers: others, next } satisfies ServersPage;
    },
    async detail(serverName) {
      const found = await destinations.report(serverName);
      if (!found) return undefined;
      return (await toOtherServers(deps, [found]))[0];
    },
    tryNow,
    tryAll() {
      const waiting = [...queues.servers()].slice(0, MOST_TRIED);
      const places = new Semaphore(TRIED_AT_ONCE);
      for (const { server } of waiting) void places.run(() => tryNow(server)).catch(() => undefined);
      return waiting.length;
    },
    more: (serverName) => readMore(deps, serverName),
    forgetWay: (serverName) => servers.forgetWay(serverName),
    blocked: () => ({ names: circle.blocked, allowed: circle.allowed }),
    setBlocked(names) {
      deps.saveBlocked(names);
      circle.setBlocked(names);
    },
    async allowPreview(names) {
      const given = new Set(names);
      const shared = await deps.events.inCommon.top(deps.db, MOST_SHARED);
      return { leftOut: shared.filter((server) => !given.has(server)) };
    },
    setAllowed(names) {
      deps.saveAllowed(names);
      circle.setAllowed(names);
    },
    wayOf: (eventId) => wayOf(deps, eventId),
    ...goneDesk(deps),
    traffic: (span) => trafficOf(deps, span),
    joins: () => joins.list(),
    cancelJoin: (roomId) => joins.cancel(roomId),
    diagnose: (serverName, onStep) => diagnostics.diagnose(serverName, { onStep }),
  };
}

const page = ({ search, after, failing }: ServersQuery) => ({
  ...(search === undefined ? {} : { search }),
  ...(after === undefined ? {} : { after }),
  ...(failing === undefined ? {} : { onlyFailing: failing }),
});

async function toOtherServers(deps: OtherServersDeps, found: readonly Destination[]): Promise<OtherServer[]> {
  const { db, servers, queues, events, clock } = deps;
  const names = found.map(({ server }) => server);
  const [waiting, inCommon, facts] = await Promise.all([
    queues.waiting(names),
    events.inCommon.counts(db, names),
    servers.peers.facts(names),
  ]);
  const now = clock.now();
  return found.map((destination) => {
    const { server, failingSince, failures, lastSuccess, lastFailure, nextTry } = destination;
    const known = facts.get(server);
    const isAhead = nextTry !== undefined && nextTry > now;
    return {
      serverName: server,
      state: servers.circle.isBlocked(server) ? 'blocked' : stateOf(destination, known?.replyTime, now),
      failingSince,
      failures,
      lastSuccess,
      lastFailure,
      nextTry: isAhead ? nextTry : undefined,
      waiting: waiting.get(server),
      rooms: inCommon.get(server)?.rooms ?? 0,
      people: inCommon.get(server)?.people ?? 0,
      lastSent: known?.lastSent,
      lastReceived: known?.lastHeard,
      replyTime: known?.replyTime,
      clockAhead: known?.clockAhead,
      software: known?.software,
    };
  });
}

function stateOf(
  { failures, failingSince, lastFailure }: Destination,
  replyTime: Milliseconds | undefined,
  now: Milliseconds,
): OtherServerState {
  if (failures === 0) return (replyTime ?? 0) > SLOW ? 'slow' : 'fine';
  if (lastFailure?.cause === 'unauthorized') return 'refusing';
  const length = now - (failingSince ?? now);
  if (lastFailure?.cause === 'dns' && length >= WEEK) return 'gone';
  return length >= DAY ? 'down' : 'retrying';
}

/** Whatever a server answers, it is there; that it knows the question is not asked here. */
async function tryServer({ requests }: OtherServersDeps['servers'], destination: string): Promise<ServerTry> {
  try {
    const path = '/_matrix/federation/v1/version';
    await requests.json({ destination, method: 'GET', path, evenIfDown: true, timeout: PATIENCE });
    return ANSWERED;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const isThere = error.kind === 'answered' && (error.status ?? 0) < 500 && error.status !== 401;
    return isThere ? ANSWERED : { answered: false, why: error.why, cause: failureCause(error) };
  }
}

const ANSWERED: ServerTry = { answered: true, why: undefined, cause: undefined };

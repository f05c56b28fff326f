import type { Clock, Milliseconds } from '../base/clock.js';
import type { Diagnostics } from '../matrix/diagnostics/index.js';
import type { Queues, Waiting } from '../matrix/federation/index.js';
import { type Destination, failureCause, RemoteError, type Servers } from '../matrix/servers/index.js';
import type { OtherServer, OtherServerState, ServersPage, ServersQuery, ServerTry } from './contract.js';
import type { OtherServers } from './server-host.js';

export interface OtherServersDeps {
  readonly servers: Pick<Servers, 'destinations' | 'requests' | 'forgetWay'>;
  readonly queues: Pick<Queues, 'waiting' | 'sendNow'>;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

const PAGE = 50;
const HOUR: Milliseconds = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** Somebody looks at the screen meanwhile. */
const PATIENCE: Milliseconds = 20_000;

/** The console's desk for other servers: what `matrix/servers` and the sending queue know, in the console's words. */
export function createOtherServers({ servers, queues, diagnostics, clock }: OtherServersDeps): OtherServers {
  const { destinations } = servers;
  return {
    async list(query) {
      const found = await destinations.list({ ...page(query), limit: PAGE + 1 });
      const shown = found.slice(0, PAGE);
      const waiting = await queues.waiting(shown.map(({ server }) => server));
      const others = shown.map((each) => toOtherServer(each, waiting.get(each.server), clock.now()));
      const next = found.length > PAGE ? shown.at(-1)?.server : undefined;
      return { servers: others, next } satisfies ServersPage;
    },
    async detail(serverName) {
      const found = await destinations.report(serverName);
      if (!found) return undefined;
      const waiting = await queues.waiting([serverName]);
      return toOtherServer(found, waiting.get(serverName), clock.now());
    },
    async tryNow(serverName) {
      servers.forgetWay(serverName);
      const tried = await tryServer(servers, serverName);
      if (tried.answered) queues.sendNow(serverName);
      return tried;
    },
    diagnose: (serverName, onStep) => diagnostics.diagnose(serverName, { onStep }),
  };
}

const page = ({ search, after, failing }: ServersQuery) => ({
  ...(search === undefined ? {} : { search }),
  ...(after === undefined ? {} : { after }),
  ...(failing === undefined ? {} : { onlyFailing: failing }),
});

function toOtherServer(destination: Destination, waiting: Waiting | undefined, now: Milliseconds): OtherServer {
  const { server, failingSince, failures, lastSuccess, lastFailure, nextTry } = destination;
  const isAhead = nextTry !== undefined && nextTry > now;
  return {
    serverName: server,
    state: stateOf(destination, now),
    failingSince,
    failures,
    lastSuccess,
    lastFailure,
    nextTry: isAhead ? nextTry : undefined,
    waiting,
  };
}

function stateOf({ failures, failingSince, lastFailure }: Destination, now: Milliseconds): OtherServerState {
  if (failures === 0) return 'fine';
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

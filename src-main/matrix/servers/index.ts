import { once } from 'node:events';
import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import { SignatureBatches } from '../../base/ed25519-batch.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Config } from '../../config/config.js';
import type { AuthenticateServer } from '../../http/endpoint.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { Network } from '../../net/network.js';
import { Outgoing } from '../../net/outgoing.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { AttemptStore } from './attempts.store.js';
import { FederationCircle } from './circle.js';
import { DestinationStore } from './destinations.store.js';
import { Discovery } from './discovery.js';
import { KeyAnswer } from './key-answer.js';
import { KeyFetcher } from './key-fetcher.js';
import { KeyVisits } from './key-visits.js';
import { KnownDestinations } from './known-destinations.js';
import { KnownKeys } from './known-keys.js';
import { LoopBack } from './loop-back.js';
import { notaryEndpoints } from './notary.federation.js';
import { Notary, NOTARY_RATE } from './notary.js';
import { Peers } from './peers.js';
import type { Destinations, KeyRing, ServerRequests } from './ports.js';
import { RequestAuthentication } from './request-authentication.js';
import { SignedRequests } from './requests.js';
import { serverAboutEndpoints } from './server-about.federation.js';
import { ServerKeyRing } from './server-key-ring.js';
import { ServerKeyStore } from './server-keys.store.js';
import { ServerWellKnown } from './server-well-known.js';
import { signingKeyEndpoints } from './signing-key.federation.js';
import { openSigningKeys, type SigningKeys } from './signing-key.js';
import { Traffic } from './traffic.js';
import { Transport, type TransportDeps } from './transport.js';
import { Turns } from './turns.js';

export type { Attempt } from './attempts.store.js';
export type { FederationCircle } from './circle.js';
export type { Destination, FailureCause } from './destinations.store.js';
export { failureCause } from './failure-cause.js';
export type { KeyVisit, KeyVisits } from './key-visits.js';
export type { Arrival, LoopBack } from './loop-back.js';
export { Discovery, type Route } from './discovery.js';
export type {
  Destinations,
  KeyRing,
  ServerAnswer,
  ServerRequest,
  ServerRequests,
  SignatureCheck,
  SignatureVerdict,
} from './ports.js';
export type { PeerFacts } from './peer-facts.store.js';
export type { Peers, Refusal } from './peers.js';
export { readKeyAnswer } from './read-key-answer.js';
export { RemoteError, type RemoteErrorKind } from './remote-error.js';
export { delegateIn } from './server-well-known.js';
export { jsonSignatureCheck, pduSignatureCheck } from './signature-checks.js';
export { openSigningKeys, type SigningKeys } from './signing-key.js';
export { hourOf, type Traffic, type TrafficReport } from './traffic.js';

export interface ServersDeps {
  readonly db: Database;
  readonly config: Config;
  readonly network: Network;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Homeservers: our own name and key, and how others are found, asked, known by their keys, and let rest when they fail.
 * Makes the signing key at the first start.
 *
 * @throws Error with a sentence when the signing key file is unreadable or no key file
 */
export async function createServers(given: ServersDeps) {
  const deps = { ...given, log: given.log.child({ part: 'servers' }) };
  const { config, clock } = deps;
  const { serverName, oldSigningKeys: oldKeys, signingKeyValidity: validity } = config;
  const keys = openSigningKeys(config.signingKeyPath, deps.log);
  const answer = new KeyAnswer({ serverName, keys, oldKeys, validity, clock });
  const { ring, keyStore, ...neighbours } = await createNeighbours(deps, keys);
  const notary = new Notary({
    ...deps,
    serverName,
    signingKeys: keys,
    ownAnswer: answer,
    circle: neighbours.circle,
    store: keyStore,
    ring,
  });
  const keyVisits = new KeyVisits(clock);
  return {
    serverName,
    signingKey: keys[0],
    ...neighbours,
    /** who fetched our keys of late */
    keyVisits,
    endpoints: [
      ...signingKeyEndpoints(answer, keyVisits),
      ...notaryEndpoints(notary, new RateLimiter(NOTARY_RATE, clock)),
      ...serverAboutEndpoints(),
    ],
  };
}

export type Servers = Awaited<ReturnType<typeof createServers>>;

/** What concerns other servers, from low to high. */
async function createNeighbours(deps: ServersDeps, ownKeys: SigningKeys) {
  const { db, config, clock, log } = deps;
  const { serverName, federation } = config;
  const destinations = new KnownDestinations({
    db,
    store: new DestinationStore(),
    attempts: new AttemptStore(),
    rests: federation.rests,
    clock,
    log,
  });
  await destinations.load();
  const circle = new FederationCircle(federation);
  const traffic = new Traffic(deps);
  const peers = new Peers({ ...deps, traffic });
  const { transport, discovery } = createTransport(deps, { destinations, circle, peers });
  const requests: ServerRequests = new SignedRequests({
    serverName,
    key: ownKeys[0],
    transport,
    timeout: federation.clientTimeout,
  });
  const fetcher = new KeyFetcher({ transport, requests, notaries: federation.trustedKeyServers, clock, log });
  const keyStore = new ServerKeyStore();
  const known = new KnownKeys({ ...deps, store: keyStore });
  const batches = new SignatureBatches();
  const ring = new ServerKeyRing({ ...deps, serverName, ownKeys, known, fetcher, batches });
  const loopBack = new LoopBack();
  const authentication = new RequestAuthentication({
    serverName,
    loopBack,
    circle,
    peers,
    keys: ring,
    known,
    destinations,
    clock,
  });
  const turns = new Turns(config.rateLimits.federation, clock);
  const authenticate: AuthenticateServer = {
    server: (request) => authentication.server(request),
    inTurn: ({ server }, request, work) => turns.run(server, request, work),
  };
  return {
    requests,
    destinations: destinations as Destinations,
    /** with whom this server talks */
    circle,
    /** what is noticed of other servers in passing */
    peers,
    /** how much goes to and fro */
    traffic,
    /** what is stored of a server's keys */
    keysOf: async (server: ServerName) => (await keyStore.keysOf(db, [server])).get(server) ?? [],
    /** Forgets where a server was said to be. */
    forgetWay: (server: ServerName) => discovery.forget(server),
    keys: ring as KeyRing,
    ring,
    keyStore,
    /** what becomes of requests that this server sends itself */
    loopBack,
    authenticate,
    jobs: [destinations.job, peers.job, traffic.job, endOf(batches)],
  };
}

function createTransport(
  { config, network, caches, clock }: ServersDeps,
  known: Pick<TransportDeps, 'destinations' | 'circle' | 'peers'>,
) {
  const { serverName, federation } = config;
  const connections = network.toServers;
  const outgoing = new Outgoing({ connections, verifyCertificates: federation.verifyCertificates });
  const wellKnown = new ServerWellKnown({ outgoing, caches, clock });
  const discovery = new Discovery({ wellKnown, dns: network.dns, config: federation });
  return {
    discovery,
    transport: new Transport({ serverName, discovery, connections, clock, ...known }),
  };
}

const endOf = (batches: SignatureBatches): Job => ({
  name: 'servers.signatures',
  async run(signal) {
    if (!signal.aborted) await once(signal, 'abort');
    await batches.close();
  },
});

import { toBase64 } from '../../../base/base64.js';
import type { Milliseconds } from '../../../base/clock.js';
import { arrayAt, isObject, objectAt, stringAt } from '../../../base/json.js';
import type { ServerName } from '../../../spec/ids.js';
import { RemoteError } from '../../servers/index.js';
import type { Finding } from '../steps.js';
import type { ReachDeps, ReachRun } from './reach-run.js';

const PATIENCE: Milliseconds = 25_000;
const MOST_PARTNERS = 3;
/** Our key answer is never good for so long: whoever is asked for one that is must fetch it anew. */
const FURTHER: Milliseconds = 60_000;

/**
 * Asks other servers for our own keys. To answer they must come here: the one view from outside that needs nobody but
 * servers that we know.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#querying-keys-through-another-server
 */
export async function roundTrip({ deps, way, options }: ReachRun): Promise<Finding> {
  const answering = way.partners.filter(({ why }) => why === undefined).map(({ server }) => server);
  const named = options.through;
  const partners = named === undefined ? answering.slice(0, MOST_PARTNERS) : [named];
  if (partners.length === 0) return { state: 'could-not-check', code: 'ROUND_NO_PARTNER' };
  const evidence: string[] = [];
  let best: Finding | undefined;
  for (const partner of partners) {
    const finding = await through(deps, partner, options.signal);
    evidence.push(...(finding.evidence ?? []));
    if (finding.state === 'ok') return { ...finding, evidence };
    best = worse(best, finding);
  }
  return { ...(best ?? { state: 'could-not-check', code: 'ROUND_NO_PARTNER' }), evidence };
}

/** What one server says that another cannot tell counts. */
const worse = (a: Finding | undefined, b: Finding): Finding => (a?.state === 'error' ? a : b);

async function through(deps: ReachDeps, partner: ServerName, signal: AbortSignal): Promise<Finding> {
  const { requests, clock, config, keyVisits } = deps;
  const fields = { server: partner };
  const began = clock.now();
  try {
    await profileQuery(deps, partner, signal);
    const reply = await requests.json({
      destination: partner,
      method: 'POST',
      path: '/_matrix/key/v2/query',
      body: { server_keys: { [config.serverName]: criteria(deps) } },
      evenIfDown: true,
      timeout: PATIENCE,
      signal,
    });
    const took = clock.now() - began;
    const visits = keyVisits.since(began);
    const keys = keysIn(reply, config.serverName);
    const evidence = [
      `${partner} answered in ${took} ms`,
      ...visits.map(({ address, userAgent }) => `our keys were fetched from ${address} by ${userAgent}`),
    ];
    if (keys.length === 0) return { state: 'error', code: 'ROUND_NOT_FETCHED', fields, evidence };
    const [ours] = deps.ownKeys;
    if (!keys.includes(toBase64(ours.publicKey))) return { state: 'error', code: 'ROUND_OTHER_KEYS', fields, evidence };
    if (visits.length === 0) return { state: 'could-not-check', code: 'ROUND_REMEMBERED', fields, evidence };
    return { state: 'ok', found: `${partner}, ${took} ms`, evidence };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteError)) throw error;
    const evidence = [error.message];
    if (error.status === 401) return { state: 'error', code: 'ROUND_REFUSED', fields, evidence };
    return { state: 'could-not-check', code: 'ROUND_NO_PARTNER', fields, evidence };
  }
}

/** Whether it believes our signature: that it knows nobody of this name is a good answer. */
async function profileQuery({ requests }: ReachDeps, partner: ServerName, signal: AbortSignal): Promise<void> {
  try {
    const query = { user_id: `@nobody.here:${partner}`, field: 'displayname' };
    const path = '/_matrix/federation/v1/query/profile';
    await requests.json({
      destination: partner,
      method: 'GET',
      path,
      query,
      evenIfDown: true,
      timeout: PATIENCE,
      signal,
    });
  } catch (error) {
    if (!(error instanceof RemoteError) || error.kind !== 'answered' || error.status === 401) throw error;
  }
}

const criteria = ({ ownKeys, clock }: ReachDeps) => ({
  [ownKeys[0].keyId]: { minimum_valid_until_ts: clock.now() + 7 * 86_400_000 - FURTHER },
});

function keysIn(reply: unknown, server: ServerName): string[] {
  const answers = isObject(reply) ? (arrayAt(reply, 'server_keys') ?? []) : [];
  return answers.flatMap((answer) => {
    if (!isObject(answer) || stringAt(answer, 'server_name') !== server) return [];
    return Object.values(objectAt(answer, 'verify_keys') ?? {}).flatMap((key) =>
      isObject(key) ? (stringAt(key, 'key') ?? []) : [],
    );
  });
}

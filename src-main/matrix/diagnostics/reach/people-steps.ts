import type { Milliseconds } from '../../../base/clock.js';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import { OutgoingError, type OutgoingReply } from '../../../net/outgoing.js';
import { askOwnListener } from '../../../net/own-listener.js';
import { askStun } from '../../../net/stun.js';
import { JsonTextError, parseJson } from '../../../spec/json-text.js';
import type { Finding } from '../steps.js';
import type { ReachDeps, ReachRun, ReachStep } from './reach-run.js';
import { turnPlaces } from './turn-places.js';

const PATIENCE: Milliseconds = 10_000;
const MAX_BYTES = 256 * 1024;
/** Apps of today ask for at least this. */
const SLIDING_SYNC = 'org.matrix.simplified_msc3575';
const MOST_TRANSPORTS = 4;

/** What people's apps need beside other servers. */
export const peopleSteps: readonly ReachStep[] = [
  { name: 'client-address', needs: ['online'], probe: clientAddress },
  { name: 'sign-in', needs: [], probe: signIn },
  { name: 'calls', needs: [], probe: calls },
  { name: 'push', needs: [], probe: push },
];

/** Whether apps find the server by its name, and browsers may read what they find. */
async function clientAddress(run: ReachRun): Promise<Finding> {
  const { deps, host, options } = run;
  const { publicBaseUrl } = deps.config;
  if (publicBaseUrl === undefined) return { state: 'not-applicable', code: 'CLIENT_NOT_SET' };
  const url = `https://${host}/.well-known/matrix/client`;
  const file = await fetched(deps, url, options.signal);
  if (typeof file === 'string') return { state: 'warning', code: 'CLIENT_NONE', fields: { url }, evidence: [file] };
  const evidence = [`GET ${url}: ${file.status}`, `access-control-allow-origin: ${corsOf(file)}`, start(file)];
  if (file.status !== 200) return { state: 'warning', code: 'CLIENT_NONE', fields: { url }, evidence };
  const base = stringAt(objectAt(json(file.body.toString('utf8')), 'm.homeserver'), 'base_url');
  if (base === undefined) return { state: 'error', code: 'CLIENT_INVALID', fields: { url }, evidence };
  if (corsOf(file) !== '*') return { state: 'error', code: 'CLIENT_CORS', fields: { url }, evidence };
  if (withSlash(base) !== publicBaseUrl) {
    return {
      state: 'warning',
      code: 'CLIENT_OTHER',
      fields: { base, configured: publicBaseUrl },
      found: base,
      evidence,
    };
  }
  const versionsUrl = `${withSlash(base)}_matrix/client/versions`;
  const versions = await fetched(deps, versionsUrl, options.signal);
  if (typeof versions === 'string' || versions.status !== 200) {
    const why = typeof versions === 'string' ? versions : `GET ${versionsUrl}: ${versions.status}`;
    return { state: 'error', code: 'CLIENT_UNREACHABLE', fields: { base }, evidence: [...evidence, why] };
  }
  if (corsOf(versions) !== '*') return { state: 'error', code: 'CLIENT_VERSIONS_CORS', fields: { base }, evidence };
  return { state: 'ok', found: base, evidence };
}

const corsOf = ({ headers }: OutgoingReply): string => headers['access-control-allow-origin'] ?? '-';
const start = ({ body }: OutgoingReply): string => body.subarray(0, 300).toString('utf8');
const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

/** @returns a sentence when there is no answer */
async function fetched({ outgoing }: ReachDeps, url: string, signal: AbortSignal): Promise<OutgoingReply | string> {
  try {
    const headers = { origin: 'https://app.example.org', accept: 'application/json' };
    return await outgoing.fetch({ url, headers, redirects: 5, maxBytes: MAX_BYTES, timeout: PATIENCE, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OutgoingError) return error.message;
    throw error;
  }
}

/** Whether there is a way to sign in, and all that the apps of today ask for. */
async function signIn({ deps }: ReachRun): Promise<Finding> {
  const evidence: string[] = [];
  for (const listener of deps.listening()) {
    const versions = await askOwnListener(listener, '/_matrix/client/versions');
    evidence.push(`GET /_matrix/client/versions: ${versions.failure ?? versions.status}`);
    if (versions.status !== 200) continue;
    const login = await askOwnListener(listener, '/_matrix/client/v3/login');
    const flows = (arrayAt(json(login.text), 'flows') ?? []).flatMap((flow) =>
      isObject(flow) ? (stringAt(flow, 'type') ?? []) : [],
    );
    const found = flows.join(', ');
    const more = { found, evidence: [...evidence, `GET /_matrix/client/v3/login: ${login.failure ?? login.status}`] };
    const ways = flows.filter((flow) => flow !== 'm.login.token' && flow !== 'm.login.application_service');
    if (ways.length === 0) return { state: 'error', code: 'SIGN_IN_NO_WAY', ...more };
    const features = objectAt(json(versions.text), 'unstable_features');
    if (features?.[SLIDING_SYNC] !== true) return { state: 'warning', code: 'SIGN_IN_OLD', ...more };
    return { state: 'ok', ...more };
  }
  return { state: 'error', code: 'SIGN_IN_FAILED', evidence };
}

/** Whether what calls go by is there: asked, not rung. */
async function calls({ deps, options }: ReachRun): Promise<Finding> {
  const { turn, rtcTransports } = deps.config;
  if (turn.uris.length === 0 && rtcTransports.length === 0) return { state: 'not-applicable', code: 'CALLS_NONE' };
  const places = turnPlaces(turn.uris);
  const wrong = places.find(({ host }) => host === undefined);
  if (wrong) return { state: 'error', code: 'CALLS_TURN_WRONG', fields: { uri: wrong.uri } };
  const hasSecret = turn.sharedSecret !== undefined || (turn.username !== undefined && turn.password !== undefined);
  if (places.length > 0 && !hasSecret) return { state: 'error', code: 'CALLS_NO_SECRET' };
  const silent = await silentTurn(deps, places);
  const fields = { where: silent.join(', ') };
  if (silent.length > 0) return { state: 'error', code: 'CALLS_TURN_SILENT', fields, evidence: silent };
  const missing = await silentMedia(deps, options.signal);
  if (missing.length > 0) {
    return { state: 'error', code: 'CALLS_SFU_SILENT', fields: { where: missing.join(', ') }, evidence: missing };
  }
  return { state: 'ok', found: [...turn.uris, ...mediaServers(deps)].join(', ') };
}

async function silentTurn(deps: ReachDeps, places: ReturnType<typeof turnPlaces>): Promise<string[]> {
  const asked = places.map(async ({ uri, host = '', port, isUdp }) => {
    const [address] = await deps.network.dns.addresses(host).catch(() => []);
    const at = address ?? { address: host, family: host.includes(':') ? 6 : 4 };
    if (isUdp) return (await askStun(at.address, port)) === undefined ? [uri] : [];
    // Whom the person named in the configuration may be anywhere.
    const { failure } = await deps.network.probe.reach({ address: at.address, family: at.family === 6 ? 6 : 4 }, port);
    return failure === undefined || failure === 'DENIED' ? [] : [uri];
  });
  return (await Promise.all(asked)).flat();
}

const mediaServers = ({ config }: ReachDeps): string[] =>
  config.rtcTransports
    .flatMap((transport) =>
      typeof transport['livekit_service_url'] === 'string' ? [transport['livekit_service_url']] : [],
    )
    .slice(0, MOST_TRANSPORTS);

/** Whatever one answers, it is there. */
async function silentMedia(deps: ReachDeps, signal: AbortSignal): Promise<string[]> {
  const asked = mediaServers(deps).map(async (url) => {
    const answer = await fetched(deps, url, signal);
    return typeof answer === 'string' || answer.status >= 500 ? [url] : [];
  });
  return (await Promise.all(asked)).flat();
}

/** How gateways took what they were sent last. */
async function push({ deps }: ReachRun): Promise<Finding> {
  if (!deps.config.push.enabled) return { state: 'not-applicable', code: 'PUSH_OFF' };
  const gateways = await deps.gateways();
  if (gateways.length === 0) return { state: 'not-applicable', code: 'PUSH_NONE' };
  const evidence = gateways.map(
    ({ name, apps, failingSince }) =>
      `${name}: ${apps} apps, ${failingSince === undefined ? 'well' : `failing since ${new Date(failingSince).toISOString()}`}`,
  );
  const bad = gateways.filter(({ failingSince }) => failingSince !== undefined);
  const found = gateways.map(({ name }) => name).join(', ');
  if (bad.length === 0) return { state: 'ok', found, evidence };
  const fields = { where: bad.map(({ name }) => name).join(', ') };
  return { state: 'warning', code: 'PUSH_FAILING', fields, found, evidence };
}

function json(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}

import { deadline } from '../../../base/abort.js';
import type { Milliseconds } from '../../../base/clock.js';
import { readWhole } from '../../../net/bounded-body.js';
import type { HostAddress } from '../../../net/dns.js';
import { OutgoingError, USER_AGENT } from '../../../net/outgoing.js';
import { delegateIn } from '../../servers/index.js';
import type { ReachDeps } from './reach-run.js';

/** What the web site of a name says at one of its addresses. */
export interface SiteAnswer {
  readonly address: string;
  /** undefined: no answer */
  readonly status: number | undefined;
  /** in a few words, the same for the same answer */
  readonly says: string;
}

const PORT = 443;
const PATH = '/.well-known/matrix/server';
const PATIENCE: Milliseconds = 10_000;
const MOST_ADDRESSES = 4;
const MAX_BYTES = 50 * 1024;

/** Fetches the file from each address by itself: some are forgotten when a site moves. */
export const siteOnEachAddress = (
  deps: Pick<ReachDeps, 'network' | 'config'>,
  host: string,
  addresses: readonly HostAddress[],
  signal: AbortSignal,
): Promise<SiteAnswer[]> =>
  Promise.all(addresses.slice(0, MOST_ADDRESSES).map((address) => siteAt(deps, host, address, signal)));

async function siteAt(
  { network, config }: Pick<ReachDeps, 'network' | 'config'>,
  host: string,
  { address }: HostAddress,
  outer: AbortSignal,
): Promise<SiteAnswer> {
  const { signal, end } = deadline(outer, PATIENCE);
  try {
    const incoming = await network.toServers.request(
      { host: address, port: PORT, tls: { name: host, isVerified: config.federation.verifyCertificates } },
      {
        method: 'GET',
        path: PATH,
        headers: { host, 'user-agent': USER_AGENT, accept: 'application/json' },
        body: undefined,
        signal,
        isRepeatable: true,
      },
    );
    const body = await readWhole(incoming.body, { maxBytes: MAX_BYTES, signal });
    const delegate = incoming.status === 200 ? delegateIn(body) : undefined;
    return { address, status: incoming.status, says: delegate ?? `status ${incoming.status}` };
  } catch (error) {
    outer.throwIfAborted();
    if (!(error instanceof OutgoingError)) throw error;
    return { address, status: undefined, says: `no answer (${error.kind})` };
  } finally {
    end();
  }
}

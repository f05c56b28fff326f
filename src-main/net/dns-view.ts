import { abortable, deadline } from '../base/abort.js';
import type { Milliseconds } from '../base/clock.js';
import { type Dns, DnsError } from './dns.js';

/** A record of a name: what it should say, and what it says now. */
export interface RecordView {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
  /** undefined: any will do, or it cannot be known from here; empty: there should be none */
  readonly wanted: readonly string[] | undefined;
  readonly found: readonly string[];
  /**
   * `there`: something is there, and what should be is not known; `other`: it leads elsewhere; `unwanted`: it should not
   * be there; `failed`: it could not be looked up
   */
  readonly state: 'ok' | 'there' | 'missing' | 'other' | 'unwanted' | 'not-needed' | 'failed';
}

/** What is to be looked at. */
export interface NameToView {
  readonly serverName: string;
  /** where it is reached */
  readonly host: string;
  /** the addresses that the host should have, as far as they are known */
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

const PATIENCE: Milliseconds = 8000;
const SERVICES = ['_matrix-fed._tcp', '_matrix._tcp'] as const;

/** Looks up every record that decides whether a server is found. Never rejects. */
export async function viewRecords(dns: Dns, name: NameToView): Promise<RecordView[]> {
  const { serverName, host, v4, v6 } = name;
  const [addresses, ...services] = await Promise.all([
    asked(dns.addresses(host)),
    ...SERVICES.map((service) => asked(dns.srv(`${service}.${serverName}`))),
  ]);
  const of = (family: 4 | 6) => addresses?.filter((each) => each.family === family).map(({ address }) => address);
  const hasOther = (addresses?.length ?? 0) > 0;
  return [
    { name: host, type: 'A', ...judged(of(4), v4 === undefined ? undefined : [v4], hasOther) },
    { name: host, type: 'AAAA', ...judged(of(6), v6 === undefined ? undefined : [v6], true) },
    ...services.map((records, index) => {
      const found = records?.map(({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${target}`);
      return { name: `${SERVICES[index] ?? ''}.${serverName}`, type: 'SRV' as const, ...judged(found, [], true) };
    }),
  ];
}

/** @param isOptional that there is nothing is no fault where nothing certain is wanted */
function judged(
  found: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
  isOptional: boolean,
): Pick<RecordView, 'found' | 'wanted' | 'state'> {
  return { found: found ?? [], wanted, state: stateOf(found, wanted, isOptional) };
}

function stateOf(
  found: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
  isOptional: boolean,
): RecordView['state'] {
  if (!found) return 'failed';
  if (found.length === 0) {
    if (wanted && wanted.length > 0) return 'missing';
    return isOptional ? 'not-needed' : 'missing';
  }
  if (wanted === undefined) return 'there';
  if (wanted.length === 0) return 'unwanted';
  return found.length === wanted.length && found.every((each) => wanted.includes(each)) ? 'ok' : 'other';
}

async function asked<T>(question: Promise<readonly T[]>): Promise<readonly T[] | undefined> {
  const limit = deadline(undefined, PATIENCE);
  try {
    return await abortable(question, limit.signal);
  } catch (error) {
    if (error instanceof DnsError || (error instanceof DOMException && error.name === 'TimeoutError')) return undefined;
    throw error;
  } finally {
    limit.end();
  }
}

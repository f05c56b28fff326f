import type { Clock, Milliseconds } from '../../base/clock.js';
import { arrayAt, isObject, type JsonValue, stringAt } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import { fromBase64 } from '../../base/base64.js';
import { Semaphore } from '../../base/semaphore.js';
import type { FederationConfig } from '../../config/config.js';
import { readWhole } from '../../net/bounded-body.js';
import type { ServerName } from '../../spec/ids.js';
import { parseJsonLossless } from '../../spec/json-text.js';
import { verifyJson } from '../../spec/signing.js';
import type { ServerRequests } from './ports.js';
import { type ReadKeyAnswer, readKeyAnswer } from './read-key-answer.js';
import { RemoteError } from './remote-error.js';
import type { Transport } from './transport.js';

export interface KeyFetcherDeps {
  readonly transport: Transport;
  readonly requests: ServerRequests;
  readonly notaries: FederationConfig['trustedKeyServers'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Which key of a server is wanted, and valid for how long. */
export interface WantedKeys {
  readonly server: ServerName;
  readonly keyIds: readonly string[];
  /** ms since the epoch */
  readonly minimumValidUntil: Milliseconds;
}

const PATIENCE: Milliseconds = 10_000;
const MAX_BYTES = 128 * 1024;
const MAX_NOTARY_BYTES = 8 * 1024 * 1024;
/** Servers asked for keys at once: strangers make us ask by naming any server. */
const AT_ONCE = 64;
const MOST_WAITING = 500;
const SERVERS_PER_NOTARY_REQUEST = 100;

/** Asks servers for their keys, and notaries for the keys of others. */
export class KeyFetcher {
  readonly #places = new Semaphore(AT_ONCE);
  #waiting = 0;

  constructor(private readonly deps: KeyFetcherDeps) {}

  get hasNotaries(): boolean {
    return this.deps.notaries.length > 0;
  }

  /**
   * Asks a server for its own keys.
   *
   * @param evenIfDown although it failed of late: it has just spoken to us
   * @returns undefined when its answer is no key answer of it
   * @throws RemoteError
   */
  async fromServer(server: ServerName, evenIfDown: boolean, signal?: AbortSignal): Promise<ReadKeyAnswer | undefined> {
    if (this.#waiting >= MOST_WAITING) throw new RemoteError('unreachable', server, 'too many keys are being fetched');
    this.#waiting += 1;
    try {
      return await this.#places.run(() => this.#askServer(server, evenIfDown, signal), signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #askServer(server: ServerName, evenIfDown: boolean, signal: AbortSignal | undefined) {
    const { transport, clock } = this.deps;
    const delivery = await transport.send({
      destination: server,
      method: 'GET',
      uri: '/_matrix/key/v2/server',
      headers: {},
      body: undefined,
      timeout: PATIENCE,
      evenIfDown,
      signal,
    });
    try {
      const bytes = await readWhole(delivery.body, { maxBytes: MAX_BYTES, signal: delivery.signal });
      const read = readKeyAnswer(parse(server, bytes), server, clock.now());
      transport.succeeded(server);
      return read;
    } catch (error) {
      throw transport.failed(server, error);
    }
  }

  /** What the notaries know, asked one after the other until nothing is missing. Never throws for what they do. */
  async fromNotaries(wanted: readonly WantedKeys[], signal?: AbortSignal): Promise<ReadKeyAnswer[]> {
    const found: ReadKeyAnswer[] = [];
    let missing = [...wanted];
    for (const notary of this.deps.notaries) {
      for (let at = 0; at < missing.length; at += SERVERS_PER_NOTARY_REQUEST) {
        const some = missing.slice(at, at + SERVERS_PER_NOTARY_REQUEST);
        found.push(...(await this.#askNotary(notary, some, signal)));
      }
      missing = missing.filter((keys) => !isAnswered(keys, found));
      if (missing.length === 0) break;
    }
    return found;
  }

  async #askNotary(
    notary: FederationConfig['trustedKeyServers'][number],
    wanted: readonly WantedKeys[],
    signal: AbortSignal | undefined,
  ): Promise<ReadKeyAnswer[]> {
    const others = wanted.filter(({ server }) => server !== notary.serverName);
    if (others.length === 0) return [];
    try {
      const reply = await this.deps.requests.json({
        destination: notary.serverName,
        method: 'POST',
        path: '/_matrix/key/v2/query',
        body: { server_keys: Object.fromEntries(others.map((keys) => [keys.server, criteria(keys)])) },
        timeout: PATIENCE * 2,
        maxBytes: MAX_NOTARY_BYTES,
        ...(signal ? { signal } : {}),
      });
      const answers = isObject(reply) ? (arrayAt(reply, 'server_keys') ?? []) : [];
      return answers.flatMap((answer) => this.#readVouched(answer, notary, others) ?? []);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      if (error.kind !== 'resting' && error.kind !== 'refused') {
        this.deps.log.info('a notary does not tell keys', { notary: notary.serverName, why: error.why });
      }
      return [];
    }
  }

  /** An answer that the notary signed, where we know its key, and that is of one of those asked for. */
  #readVouched(
    value: JsonValue,
    { serverName, verifyKeys }: FederationConfig['trustedKeyServers'][number],
    wanted: readonly WantedKeys[],
  ): ReadKeyAnswer | undefined {
    if (!isObject(value)) return undefined;
    const server = wanted.find((keys) => keys.server === stringAt(value, 'server_name'))?.server;
    if (server === undefined) return undefined;
    const isVouched =
      verifyKeys === undefined ||
      Object.entries(verifyKeys).some(([keyId, key]) =>
        verifyJson(value, serverName, keyId, fromBase64(key) ?? new Uint8Array()),
      );
    return isVouched ? readKeyAnswer(value, server, this.deps.clock.now()) : undefined;
  }
}

const criteria = ({ keyIds, minimumValidUntil }: WantedKeys) =>
  Object.fromEntries(keyIds.map((keyId) => [keyId, { minimum_valid_until_ts: minimumValidUntil }]));

const isAnswered = ({ server, keyIds }: WantedKeys, found: readonly ReadKeyAnswer[]): boolean =>
  keyIds.every((keyId) =>
    found.some((answer) => answer.server === server && answer.keys.some((key) => key.keyId === keyId)),
  );

function parse(server: ServerName, bytes: Buffer): JsonValue {
  try {
    return parseJsonLossless(bytes.toString('utf8')).value;
  } catch (error) {
    throw new RemoteError('invalid', server, 'its key answer is no JSON', {}, { cause: error });
  }
}

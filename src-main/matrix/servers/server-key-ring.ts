import { abortable } from '../../base/abort.js';
import { fromBase64 } from '../../base/base64.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { SignatureBatches, SignedText } from '../../base/ed25519-batch.js';
import type { Cache, Caches } from '../../base/caches.js';
import type { JsonObject } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import { Semaphore } from '../../base/semaphore.js';
import type { ServerName } from '../../spec/ids.js';
import type { SigningKeys } from './signing-key.js';
import type { KeyFetcher, WantedKeys } from './key-fetcher.js';
import type { KnownKeys } from './known-keys.js';
import type { KeyRing, SignatureCheck, SignatureVerdict } from './ports.js';
import type { ReadKeyAnswer } from './read-key-answer.js';
import { RemoteError } from './remote-error.js';
import type { ServerKey } from './server-keys.store.js';
import { jsonSignatureCheck } from './signature-checks.js';

export interface ServerKeyRingDeps {
  readonly serverName: ServerName;
  readonly ownKeys: SigningKeys;
  readonly known: KnownKeys;
  readonly fetcher: KeyFetcher;
  readonly batches: SignatureBatches;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
}

const SECOND: Milliseconds = 1000;
/** When a server is asked again that did not name a wanted key, and one that could not be asked. */
const NOT_NAMED = 60 * SECOND;
const NOT_ASKED = 10 * SECOND;
/** From so many servers on notaries are asked first: one request instead of many, most of them to servers long gone. */
const MANY_SERVERS = 8;
/** Servers that one who wants many keys waits for at once. */
const AT_ONCE = 100;
/** Signatures of one server that are looked at, for one check. */
const MOST_KEYS_TRIED = 8;

/** What is known of keys that are wanted, and whether servers may be asked that failed of late. */
interface Question {
  readonly checks: readonly SignatureCheck[];
  readonly evenIfDown: boolean;
  /** its signal is asked for only where there is something to wait for */
  readonly asker: Asker;
}

interface Asker {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The keys of other servers: kept, fetched where they are missing or no longer valid, and used to check signatures.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#retrieving-server-keys
 */
export class ServerKeyRing implements KeyRing {
  /** by server: until when it is not asked again for keys that it did not tell */
  readonly #fruitless: Cache<ServerName, Milliseconds>;
  readonly #fetching = new Map<ServerName, Promise<ReadKeyAnswer | undefined>>();
  readonly #own: readonly ServerKey[];

  constructor(private readonly deps: ServerKeyRingDeps) {
    this.#fruitless = deps.caches.lru('keys not found', { share: 0.001, entryBytes: 200 });
    const forever = { validUntil: Number.MAX_SAFE_INTEGER, isExpired: false, fetchedAt: 0 };
    this.#own = deps.ownKeys.map(({ keyId, publicKey }) => ({ keyId, publicKey, ...forever }));
  }

  async keyOf(
    server: ServerName,
    keyId: string,
    at: Milliseconds,
    { validityMatters, ...asker }: { validityMatters: boolean; signal?: AbortSignal },
  ): Promise<Uint8Array | undefined> {
    const check = { signer: server, signatures: { [keyId]: '' }, text: '', at, validityMatters };
    const keys = await this.#keysFor({ checks: [check], evenIfDown: false, asker });
    return usable(check, keys.get(server))[0]?.publicKey;
  }

  async verifyJson(object: JsonObject, server: ServerName, asker: Asker = {}): Promise<boolean> {
    const check = jsonSignatureCheck(object, server, this.deps.clock.now());
    const [verdict] = await this.#verify({ checks: [check], evenIfDown: false, asker });
    return verdict?.holds === true;
  }

  verify(checks: readonly SignatureCheck[], asker: Asker = {}): Promise<SignatureVerdict[]> {
    return this.#verify({ checks, evenIfDown: false, asker });
  }

  /** The same for one who is speaking to us: it is asked for its keys even if it failed of late. */
  async verifySpeaker(check: SignatureCheck, asker: Asker): Promise<SignatureVerdict> {
    const [verdict] = await this.#verify({ checks: [check], evenIfDown: true, asker });
    return verdict ?? { holds: false, why: 'missing-key' };
  }

  /**
   * Asks servers for their keys again, though not at every call. Never notaries: it is for those that ask us as theirs.
   */
  async refresh(wanted: readonly WantedKeys[]): Promise<void> {
    const now = this.deps.clock.now();
    const askable = wanted.filter(({ server }) => !this.#isFruitless(server, now));
    await Promise.all(askable.map((keys) => this.#fromServer(keys, false, undefined)));
  }

  async #verify(question: Question): Promise<SignatureVerdict[]> {
    const keys = await this.#keysFor(question);
    const items: SignedText[] = [];
    const sources: number[] = [];
    const verdicts = question.checks.map((check, i): SignatureVerdict => {
      const found = usable(check, keys.get(check.signer));
      for (const { keyId, publicKey } of found.slice(0, MOST_KEYS_TRIED)) {
        const signature = fromBase64(check.signatures[keyId] ?? '') ?? new Uint8Array();
        items.push({ text: check.text, signature, publicKey });
        sources.push(i);
      }
      return { holds: false, why: found.length === 0 ? 'missing-key' : 'wrong' };
    });
    for (const [at, holds] of (await this.deps.batches.verify(items)).entries()) {
      if (holds) verdicts[sources[at] ?? -1] = { holds: true };
    }
    return verdicts;
  }

  async #keysFor({ checks, evenIfDown, asker }: Question): Promise<Map<ServerName, readonly ServerKey[]>> {
    const { known, serverName } = this.deps;
    const signers = [...new Set(checks.map(({ signer }) => signer))].filter((signer) => signer !== serverName);
    const keys = await known.ofAll(signers);
    keys.set(serverName, this.#own);
    const wanted = this.#missing(checks, keys);
    if (wanted.length === 0) return keys;
    await this.#fetch(wanted, evenIfDown, asker.signal);
    for (const [server, found] of await known.ofAll(wanted.map(({ server }) => server))) keys.set(server, found);
    return keys;
  }

  /** The servers that must be asked: of a check of theirs no key is known that counts. */
  #missing(checks: readonly SignatureCheck[], keys: ReadonlyMap<ServerName, readonly ServerKey[]>): WantedKeys[] {
    const now = this.deps.clock.now();
    const wanted = new Map<ServerName, { ids: Set<string>; until: Milliseconds }>();
    for (const check of checks) {
      const { signer, signatures, at, validityMatters } = check;
      const known = keys.get(signer);
      if (usable(check, known).length > 0 || this.#isFruitless(signer, now)) continue;
      const ids = Object.keys(signatures).filter((keyId) => mayHelp(keyId, known));
      if (ids.length === 0 || signer === this.deps.serverName) continue;
      const entry = wanted.get(signer) ?? { ids: new Set(), until: 0 };
      for (const keyId of ids.slice(0, MOST_KEYS_TRIED)) entry.ids.add(keyId);
      entry.until = Math.max(entry.until, validityMatters ? (at < now ? at : now) : 0);
      wanted.set(signer, entry);
    }
    return [...wanted].map(([server, { ids, until }]) => ({ server, keyIds: [...ids], minimumValidUntil: until }));
  }

  #isFruitless(server: ServerName, now: Milliseconds): boolean {
    const until = this.#fruitless.get(server);
    return until !== undefined && until > now && until <= now + NOT_NAMED;
  }

  async #fetch(wanted: readonly WantedKeys[], evenIfDown: boolean, signal: AbortSignal | undefined): Promise<void> {
    const { known, fetcher } = this.deps;
    const notariesFirst = wanted.length >= MANY_SERVERS && fetcher.hasNotaries;
    const told = notariesFirst ? await fetcher.fromNotaries(wanted, signal) : [];
    await known.keep(told);
    const left = stillMissing(wanted, told);
    const places = new Semaphore(AT_ONCE);
    const ask = (keys: WantedKeys) => places.run(() => this.#fromServer(keys, evenIfDown, signal), signal);
    const answered = await Promise.all(left.map(ask));
    const unanswered = stillMissing(
      left,
      answered.flatMap((answer) => answer ?? []),
    );
    if (notariesFirst || unanswered.length === 0) return;
    await known.keep(await fetcher.fromNotaries(unanswered, signal));
  }

  /** Everybody who wants keys of a server at the same time waits for the same answer. */
  async #fromServer(wanted: WantedKeys, evenIfDown: boolean, signal: AbortSignal | undefined) {
    const { server } = wanted;
    const running = this.#fetching.get(server) ?? this.#startFetching(server, evenIfDown);
    const answer = await abortable(running, signal);
    if (stillMissing([wanted], answer ? [answer] : []).length > 0) {
      this.#fruitless.set(server, this.deps.clock.now() + (answer ? NOT_NAMED : NOT_ASKED));
    }
    return answer;
  }

  #startFetching(server: ServerName, evenIfDown: boolean): Promise<ReadKeyAnswer | undefined> {
    const fetching = this.#askServer(server, evenIfDown).finally(() => this.#fetching.delete(server));
    this.#fetching.set(server, fetching);
    return fetching;
  }

  async #askServer(server: ServerName, evenIfDown: boolean): Promise<ReadKeyAnswer | undefined> {
    const { fetcher, known, log } = this.deps;
    try {
      const answer = await fetcher.fromServer(server, evenIfDown);
      if (answer) await known.keep([answer]);
      else log.info('a server gave no good key answer', { server });
      return answer;
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      log.debug('a server does not tell its keys', { server, why: error.why });
      return undefined;
    }
  }
}

/** Those of the keys that a check can be made with. */
function usable({ signatures, at, validityMatters }: SignatureCheck, keys: readonly ServerKey[] = []): ServerKey[] {
  return keys.filter(
    ({ keyId, validUntil }) => Object.hasOwn(signatures, keyId) && (!validityMatters || at <= validUntil),
  );
}

/** A key that its server gave up does not become valid by asking again. */
const mayHelp = (keyId: string, known: readonly ServerKey[] = []): boolean =>
  keyId.startsWith('ed25519:') && !known.some((key) => key.keyId === keyId && key.isExpired);

/** @param keyIds none: any key will do */
const isAmong = ({ keyId }: ServerKey, keyIds: readonly string[]): boolean =>
  keyIds.length === 0 || keyIds.includes(keyId);

const stillMissing = (wanted: readonly WantedKeys[], told: readonly ReadKeyAnswer[]): WantedKeys[] =>
  wanted.filter(
    ({ server, keyIds, minimumValidUntil }) =>
      !told.some(
        (answer) =>
          answer.server === server &&
          answer.keys.some((key) => isAmong(key, keyIds) && key.validUntil >= minimumValidUntil),
      ),
  );

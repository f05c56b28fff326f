import type { Clock, Milliseconds } from '../../base/clock.js';
import { type JsonObject, parseOwn } from '../../base/json.js';
import type { ServerName } from '../../spec/ids.js';
import { isServerName } from '../../spec/server-name.js';
import { signJson } from '../../spec/signing.js';
import type { Database } from '../../storage/database.js';
import type { FederationCircle } from './circle.js';
import type { KeyAnswer } from './key-answer.js';
import type { WantedKeys } from './key-fetcher.js';
import type { ServerKeyRing } from './server-key-ring.js';
import type { ServerKeyStore, StoredAnswer } from './server-keys.store.js';
import type { SigningKeys } from './signing-key.js';

/** Which keys of a server somebody wants to know. */
export interface KeyQuestion {
  readonly server: ServerName;
  /** none: all */
  readonly keyIds: readonly string[];
  /** the answer should be good until then; now unless said */
  readonly minimumValidUntil: Milliseconds | undefined;
}

export interface NotaryDeps {
  readonly serverName: ServerName;
  readonly signingKeys: SigningKeys;
  readonly ownAnswer: KeyAnswer;
  readonly circle: FederationCircle;
  readonly db: Database;
  readonly store: ServerKeyStore;
  readonly ring: ServerKeyRing;
  readonly clock: Clock;
}

/** Servers asked about in one request; more are left out of the answer. */
export const MOST_SERVERS = 200;
/** Servers that one address may ask about: each may have to be asked for its keys, by whoever wants it asked. */
export const NOTARY_RATE = { perSecond: 20, burst: 1_000 } as const;

/**
 * Vouches for the keys of other servers: passes on what they say of themselves, with our signature beside theirs.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#querying-keys-through-another-server
 */
export class Notary {
  constructor(private readonly deps: NotaryDeps) {}

  /** The key answers of the servers asked for, as far as there are any. */
  async answers(questions: readonly KeyQuestion[]): Promise<JsonObject[]> {
    const asked = questions.filter(({ server }) => this.#mayBeAsked(server));
    const stale = await this.#stale(asked);
    if (stale.length > 0) await this.deps.ring.refresh(stale);
    const answers: JsonObject[] = [];
    for (const question of asked) answers.push(...(await this.#answersTo(question)));
    return answers;
  }

  #mayBeAsked(server: ServerName): boolean {
    return isServerName(server) && this.deps.circle.includes(server);
  }

  async #stale(questions: readonly KeyQuestion[]): Promise<WantedKeys[]> {
    const { serverName, clock } = this.deps;
    const stale: WantedKeys[] = [];
    for (const { server, keyIds, minimumValidUntil = clock.now() } of questions) {
      if (server === serverName) continue;
      const stored = await this.#stored(server, keyIds);
      const isMissing = keyIds.some((keyId) => !stored.some((answer) => answer.keyId === keyId));
      const isGood = stored.some(({ validUntil }) => validUntil >= minimumValidUntil);
      if (isMissing || !isGood) stale.push({ server, keyIds, minimumValidUntil });
    }
    return stale;
  }

  async #answersTo({ server, keyIds }: KeyQuestion): Promise<JsonObject[]> {
    const { serverName, ownAnswer, signingKeys } = this.deps;
    if (server === serverName) return [ownAnswer.current()];
    const texts = new Set((await this.#stored(server, keyIds)).map(({ text }) => text));
    return [...texts].map((text) =>
      signingKeys.reduce<JsonObject>((body, key) => signJson(body, serverName, key), parseOwn(text)),
    );
  }

  async #stored(server: ServerName, keyIds: readonly string[]): Promise<StoredAnswer[]> {
    const stored = await this.deps.store.answersOf(this.deps.db, server);
    if (keyIds.length > 0) return stored.filter(({ keyId }) => keyIds.includes(keyId));
    // What a server said last holds all that it said before.
    const newest = Math.max(...stored.map(({ validUntil }) => validUntil));
    return stored.filter(({ validUntil }) => validUntil === newest);
  }
}

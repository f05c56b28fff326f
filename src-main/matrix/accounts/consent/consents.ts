import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../base/clock.js';
import type { JsonObject, JsonValue } from '../../../base/json.js';
import type { ConsentConfig } from '../../../config/config.js';
import { forbidden, MatrixError, notFound } from '../../../spec/errors.js';
import { localpartOf } from '../../../spec/grammar.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { WritableStream } from '../../../storage/stream.js';
import type { Users } from '../users.js';
import type { ConsentStore } from './consents.store.js';

/** Somebody accepted the terms. */
export interface ConsentGiven {
  readonly userId: UserId;
}

interface ConsentsDeps {
  readonly db: Database;
  readonly store: ConsentStore;
  readonly users: Users;
  readonly settings: ConsentConfig | undefined;
  /** this server's address, with a slash at the end */
  readonly baseUrl: string;
  /** signs the links, where the configuration names no secret for it */
  readonly secret: Uint8Array;
  readonly stream: WritableStream<ConsentGiven>;
  readonly clock: Clock;
}

const CONSENT_URI = /%\(consent_uri\)s/g;

/** Who accepted the terms of this server, and what becomes of those who did not. */
export class Consents {
  constructor(private readonly deps: ConsentsDeps) {}

  /** Whether this version was accepted; the one in force unless said. */
  async isGiven(userId: UserId, version = this.deps.settings?.version): Promise<boolean> {
    return (await this.deps.store.of(this.deps.db, userId)).version === version;
  }

  /**
   * Of those who are about to say something, or to go somewhere.
   *
   * @throws MatrixError M_CONSENT_NOT_GIVEN with `consent_uri`, where it is wanted and not given
   */
  async requireGiven(userId: UserId): Promise<void> {
    const { settings, users } = this.deps;
    if (settings?.blockMessage === undefined) return;
    const user = await users.get(userId);
    if (!user || user.userType !== undefined || (await this.isGiven(userId))) return;
    const uri = this.uri(userId);
    const message = settings.blockMessage.replaceAll(CONSENT_URI, () => uri);
    throw new MatrixError(403, 'M_CONSENT_NOT_GIVEN', message, { consent_uri: uri });
  }

  /** Whether somebody may not do anything yet. */
  async isBlocked(userId: UserId): Promise<boolean> {
    return this.requireGiven(userId).then(
      () => false,
      (error: unknown) => {
        if (error instanceof MatrixError) return true;
        throw error;
      },
    );
  }

  /** Where this user accepts the terms, without signing in. */
  uri(userId: UserId): string {
    const name = localpartOf(userId);
    return `${this.deps.baseUrl}_matrix/consent?${new URLSearchParams({ u: name, h: this.#sign(name) })}`;
  }

  /**
   * Whom a link is for.
   *
   * @param name a localpart or a whole id, as it stands in the link
   * @throws MatrixError M_FORBIDDEN for a signature that is not ours; M_NOT_FOUND
   */
  async owner(name: string, signature: string): Promise<UserId> {
    const [given, ours] = [Buffer.from(signature), Buffer.from(this.#sign(name))];
    if (given.length !== ours.length || !timingSafeEqual(given, ours)) throw forbidden('the link is not one of ours');
    const { users } = this.deps;
    const user = await users.get(name.startsWith('@') ? (name as UserId) : users.idOf(name));
    if (!user) throw notFound('there is no such user');
    return user.userId;
  }

  /** Remembers, for ever, that somebody accepted a version. */
  async give(userId: UserId, version: string): Promise<void> {
    await this.deps.db.write((tx) => this.giveIn(tx, userId, version));
  }

  /** The same as part of a transaction; the version in force unless said. */
  async giveIn(tx: Transaction, userId: UserId, version = this.deps.settings?.version): Promise<void> {
    if (version === undefined) return;
    await this.deps.store.give(tx, userId, version, this.deps.clock.now());
    await this.deps.stream.append(tx, { userId });
  }

  /** What the server has to write to somebody who did not accept the terms yet; undefined: nothing, or it did already. */
  async noticeFor(userId: UserId): Promise<JsonObject | undefined> {
    const { db, settings, users, store } = this.deps;
    if (!settings?.notice) return undefined;
    const user = await users.get(userId);
    if (!user || (user.isGuest && !settings.noticeToGuests)) return undefined;
    const { version, noticed } = await store.of(db, userId);
    if (version === settings.version || noticed === settings.version) return undefined;
    return filledIn(settings.notice, this.uri(userId)) as JsonObject;
  }

  /** It is written. */
  async noticed(userId: UserId): Promise<void> {
    const { db, settings, store } = this.deps;
    if (settings) await db.write((tx) => store.notice(tx, userId, settings.version));
  }

  #sign(name: string): string {
    const key = this.deps.settings?.formSecret ?? this.deps.secret;
    return createHmac('sha256', key).update(name).digest('hex');
  }
}

/** The same with the link in every text. */
function filledIn(value: JsonValue, uri: string): JsonValue {
  if (typeof value === 'string') return value.replaceAll(CONSENT_URI, () => uri);
  if (Array.isArray(value)) return value.map((each) => filledIn(each, uri));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledIn(each as JsonValue, uri)]));
}

import type { Clock } from '../../base/clock.js';
import type { RoomPolicyConfig } from '../../config/config.js';
import { forbidden, invalidParam, MatrixError, notFound } from '../../spec/errors.js';
import type { StateKey } from '../../spec/event.js';
import { isOnServer, serverOf } from '../../spec/grammar.js';
import type { RoomAlias, RoomId, ServerName, UserId } from '../../spec/ids.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import { stringAt } from '../../base/json.js';
import type { EventAppender, RoomReader } from '../events/index.js';
import type { DirectoryRules } from './directory-rules.js';
import type { DirectoryStore } from './directory.store.js';
import type { NamedRoom, RemoteAliases } from './elsewhere/remote-aliases.js';

interface DirectoryDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly serverName: ServerName;
  readonly store: DirectoryStore;
  readonly reader: RoomReader;
  readonly appender: EventAppender;
  readonly remote: RemoteAliases;
  readonly rules: DirectoryRules;
  readonly policy: Pick<RoomPolicyConfig, 'aliasesByMembersOnly' | 'hasDirectory'>;
}

/** Who asks: administrators of the server may do a little more. */
export interface Asker {
  readonly userId: UserId;
  readonly isAdmin: boolean;
}

/** More names than these a room, or a person, does not need. */
const MOST_OF_ROOM = 500;
const MOST_OF_CREATOR = 2_000;

/** Servers told for one alias: more than anybody tries. */
const MOST_SERVERS = 500;

const LEVELS: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.power_levels', ''],
];

/** Room aliases of this server. @see https://spec.matrix.org/v1.19/client-server-api/#room-aliases */
export class Directory {
  constructor(private readonly deps: DirectoryDeps) {}

  /**
   * The room behind an alias, with servers through which one comes in: this one first, if it is in the room.
   *
   * @throws MatrixError M_NOT_FOUND; M_UNKNOWN 502 when the server of the alias cannot be asked
   */
  async resolve(alias: RoomAlias): Promise<NamedRoom> {
    const { db, store, serverName, remote } = this.deps;
    const named = isOnServer(alias, serverName) ? await store.byAlias(db, alias) : await remote.resolve(alias);
    if (!named) throw notFound('nobody gave this name to a room');
    const { roomId } = named;
    const told = 'servers' in named ? named.servers : [];
    return { roomId, servers: await this.#serversOf(roomId, told) };
  }

  async #serversOf(roomId: RoomId, told: readonly ServerName[]): Promise<ServerName[]> {
    const { reader, serverName } = this.deps;
    const others = [...told, ...(await reader.serversIn(roomId))].filter((server) => server !== serverName);
    const isHere = await reader.isHere(roomId);
    const servers = [...(isHere ? [serverName] : []), ...new Set(others)].slice(0, MOST_SERVERS);
    return servers.length > 0 ? servers : [serverName];
  }

  /** The room behind an alias of this server, or undefined. */
  async find(alias: RoomAlias): Promise<RoomId | undefined> {
    return (await this.deps.store.byAlias(this.deps.db, alias))?.roomId;
  }

  /** The room that a path names by id or by alias. @throws MatrixError as `resolve` does, and M_INVALID_PARAM */
  async roomIdOf(idOrAlias: string): Promise<RoomId> {
    return (await this.roomOf(idOrAlias)).roomId;
  }

  /**
   * The same, with servers through which one comes in as far as a name tells them.
   *
   * @throws MatrixError as `resolve` does, and M_INVALID_PARAM
   */
  async roomOf(idOrAlias: string): Promise<NamedRoom> {
    if (idOrAlias.startsWith('!')) return { roomId: idOrAlias as RoomId, servers: [] };
    if (!idOrAlias.startsWith('#') || !idOrAlias.includes(':')) throw invalidParam('not a room id or room alias');
    return this.resolve(idOrAlias as RoomAlias);
  }

  /** @throws MatrixError M_INVALID_PARAM for an alias of another server; M_UNKNOWN 409 when it is taken; M_FORBIDDEN */
  async add(alias: RoomAlias, roomId: RoomId, asker: Asker): Promise<void> {
    const { db, reader, policy } = this.deps;
    await reader.knownRoom(roomId);
    const isFree = asker.isAdmin || !policy.aliasesByMembersOnly;
    if (!isFree && !(await reader.isJoined(roomId, asker.userId))) {
      throw forbidden('only people in the room may name it');
    }
    await db.write(async (tx) => {
      if (!(await this.insert(tx, alias, roomId, asker.userId))) {
        throw new MatrixError(409, 'M_UNKNOWN', `the alias ${alias} is taken`);
      }
    });
  }

  /**
   * @returns false when the alias is taken
   * @throws MatrixError M_INVALID_PARAM; M_FORBIDDEN when the rules of this server forbid the name, or the room or its
   *   creator has as many as they may have
   */
  async insert(tx: Transaction, alias: RoomAlias, roomId: RoomId, creator: UserId): Promise<boolean> {
    const { store, clock, serverName, rules } = this.deps;
    if (serverOf(alias) !== serverName) throw invalidParam(`aliases made here must end in :${serverName}`);
    if (!rules.mayName(creator, roomId, alias)) throw forbidden('you may not give this name to this room');
    const { ofRoom, ofCreator } = await store.counts(tx, roomId, creator);
    if (ofRoom >= MOST_OF_ROOM) throw forbidden(`a room may have ${MOST_OF_ROOM} aliases`);
    if (ofCreator >= MOST_OF_CREATOR) throw forbidden(`nobody may make more than ${MOST_OF_CREATOR} aliases`);
    return store.insertAlias(tx, { alias, roomId, creator }, clock.now());
  }

  /**
   * Removes an alias, and names it no more in the room's `m.room.canonical_alias`.
   *
   * @throws MatrixError M_NOT_FOUND; M_FORBIDDEN unless the asker made it, is an administrator or may change the name
   */
  async remove(alias: RoomAlias, asker: Asker): Promise<void> {
    const { db, store } = this.deps;
    const record = await store.byAlias(db, alias);
    if (!record) throw notFound('nobody gave this name to a room');
    const mayChangeName = await this.mayChangeCanonicalAlias(record.roomId, asker);
    if (record.creator !== asker.userId && !mayChangeName) throw forbidden('you did not make this alias');
    await db.write(async (tx) => {
      await store.deleteAlias(tx, alias);
      await this.#dropFromCanonical(tx, record.roomId, alias, asker.userId);
    });
  }

  /** The aliases that this server gave to a room. @throws MatrixError M_FORBIDDEN */
  async ofRoom(roomId: RoomId, userId: UserId): Promise<RoomAlias[]> {
    const { db, store, reader } = this.deps;
    const isJoined = await reader.isJoined(roomId, userId);
    const visibility = isJoined ? undefined : await reader.state(roomId, ['m.room.history_visibility', '']);
    const isOpen = stringAt(visibility?.content, 'history_visibility') === 'world_readable';
    if (!isJoined && !isOpen) throw forbidden('you are not in this room');
    return (await store.ofRoom(db, roomId)).map((record) => record.alias);
  }

  /** The same, for those who look after the server. */
  async named(roomId: RoomId): Promise<RoomAlias[]> {
    return (await this.deps.store.ofRoom(this.deps.db, roomId)).map((record) => record.alias);
  }

  /** Whether a room is in the published directory. @throws MatrixError M_NOT_FOUND */
  async isPublished(roomId: RoomId): Promise<boolean> {
    await this.deps.reader.knownRoom(roomId);
    return this.deps.store.isPublished(this.deps.db, roomId);
  }

  /** @throws MatrixError M_NOT_FOUND; M_FORBIDDEN for those who may not name the room, or not publish it */
  async setPublished(roomId: RoomId, isPublished: boolean, asker: Asker): Promise<void> {
    const { db, reader, store, policy } = this.deps;
    if (isPublished && !policy.hasDirectory) throw forbidden('this server has no directory of rooms');
    await reader.knownRoom(roomId);
    if (!(await this.mayChangeCanonicalAlias(roomId, asker))) throw forbidden('you may not publish this room');
    if (isPublished && !(await this.#mayPublish(roomId, asker.userId)))
      throw forbidden('you may not publish this room');
    await db.write((tx) => store.setPublished(tx, roomId, isPublished));
  }

  async #mayPublish(roomId: RoomId, userId: UserId): Promise<boolean> {
    const { reader, rules } = this.deps;
    const main = stringAt((await reader.state(roomId, ['m.room.canonical_alias', '']))?.content, 'alias');
    const names = await this.named(roomId);
    return rules.mayPublish(userId, roomId, main === undefined ? names : [...names, main as RoomAlias]);
  }

  /** Whether somebody may change how the room is found: its administrators by level, or the server's. */
  async mayChangeCanonicalAlias(roomId: RoomId, { userId, isAdmin }: Asker): Promise<boolean> {
    return isAdmin || this.#mayName(roomId, userId, this.deps.db);
  }

  async #mayName(roomId: RoomId, userId: UserId, db: Reader): Promise<boolean> {
    if (!(await this.deps.reader.isJoined(roomId, userId, db))) return false;
    const state = await this.deps.reader.stateView(roomId, LEVELS, db);
    const levels = powerLevelsOf(state);
    return levels.powerOf(userId) >= levels.levelForEvent('m.room.canonical_alias', true);
  }

  async #dropFromCanonical(tx: Transaction, roomId: RoomId, alias: RoomAlias, sender: UserId): Promise<void> {
    const { reader, appender } = this.deps;
    const event = await reader.state(roomId, ['m.room.canonical_alias', ''], tx);
    const others = event?.content['alt_aliases'];
    const isMain = event?.content['alias'] === alias;
    const isOther = Array.isArray(others) && others.includes(alias);
    if (!event || (!isMain && !isOther)) return;
    // Who made the alias may take it away, and still not say how the room is called.
    if (!(await this.#mayName(roomId, sender, tx))) return;
    const { alias: main, ...rest } = event.content;
    const content = {
      ...rest,
      ...(main !== undefined && !isMain && { alias: main }),
      ...(Array.isArray(others) && { alt_aliases: others.filter((other) => other !== alias) }),
    };
    await appender.append(tx, { roomId, sender, type: 'm.room.canonical_alias', stateKey: '', content });
  }
}

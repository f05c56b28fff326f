import { type JsonObject, stringAt } from '../../../base/json.js';
import { Lanes } from '../../../base/lane.js';
import type { Config } from '../../../config/config.js';
import { invalidParam, MatrixError, notFound } from '../../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { Accounts } from '../../accounts/index.js';
import type { EventAppender, EventDraft, MembershipState, RoomReader } from '../../events/index.js';
import { type RoomCreation, topicContent } from '../create-room.js';
import type { Profiles } from '../profiles.js';
import type { NoticeRoomStore } from './notice-rooms.store.js';

type Settings = NonNullable<Config['rooms']['serverNotices']>;

/** What the server has to tell somebody. */
export interface ServerNotice {
  readonly userId: UserId;
  readonly type: string;
  readonly stateKey: string | undefined;
  readonly content: JsonObject;
  /** the same again is sent once */
  readonly transaction: EventDraft['transaction'];
}

/** Who hears what the server says may read, and nothing else. */
const LISTENERS_LEVEL = -10;
const TAG = 'm.server_notice';

/**
 * Tells people what they have to know, in a room of their own that the server invites them to.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-notices
 */
export class ServerNotices {
  readonly #lanes = new Lanes<UserId>();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly settings: Settings | undefined;
      readonly store: NoticeRoomStore;
      readonly users: Pick<Accounts['users'], 'get' | 'isLocal'>;
      readonly profiles: Profiles;
      readonly tags: Pick<Accounts['tags'], 'put'>;
      readonly creation: RoomCreation;
      readonly appender: EventAppender;
      readonly reader: RoomReader;
    },
  ) {}

  /**
   * Sends a notice; the room is made before the first, and whoever left is invited again.
   *
   * @throws MatrixError M_UNKNOWN 400 where notices are switched off, and for people of other servers; M_NOT_FOUND for
   *   those who have no account; M_INVALID_PARAM, M_BAD_JSON, M_TOO_LARGE for what cannot be sent
   */
  async send(notice: ServerNotice): Promise<EventId> {
    const { settings, users } = this.deps;
    if (!settings) throw unknown('server notices are not enabled on this server');
    if (!users.isLocal(notice.userId)) throw unknown('server notices can only be sent to users of this server');
    if (!(await users.get(notice.userId))) throw notFound('there is no such user');
    if (notice.type === 'm.room.member') throw invalidParam('a notice changes nobody’s membership');
    return this.#lanes.run(notice.userId, () => this.#deliver(settings, notice));
  }

  async #deliver(settings: Settings, notice: ServerNotice): Promise<EventId> {
    const { db, store, profiles, appender } = this.deps;
    const { userId, type, stateKey, content, transaction } = notice;
    const roomId = (await store.ofUser(db, userId)) ?? (await this.#create(settings, userId));
    const profile = memberContent((await profiles.of([userId])).get(userId));
    return db.write(async (tx) => {
      await this.#renew(tx, settings, roomId);
      await this.#bringIn(tx, settings, roomId, userId, profile);
      const draft = { roomId, sender: settings.userId, type, content, transaction };
      const sent = await appender.append(tx, stateKey === undefined ? draft : { ...draft, stateKey });
      return sent.eventId;
    });
  }

  async #create(settings: Settings, userId: UserId): Promise<RoomId> {
    const { db, store, creation, tags } = this.deps;
    const { roomName, roomTopic, roomAvatarUrl } = settings;
    const avatar = { type: 'm.room.avatar', stateKey: '', content: { url: roomAvatarUrl ?? '' } };
    const roomId = await creation.create({
      creator: settings.userId,
      visibility: 'private',
      preset: 'private_chat',
      version: undefined,
      aliasLocalpart: undefined,
      name: roomName === '' ? undefined : roomName,
      topic: roomTopic,
      invite: [],
      isDirect: false,
      creationContent: {},
      initialState: roomAvatarUrl === undefined ? [] : [avatar],
      powerLevels: { users_default: LISTENERS_LEVEL },
      byServer: { profile: memberContent(settings) },
    });
    await db.write((tx) => store.insert(tx, userId, roomId));
    await tags.put(userId, roomId, TAG, {});
    return roomId;
  }

  /** The room as the configuration has it today. */
  async #renew(tx: Transaction, settings: Settings, roomId: RoomId): Promise<void> {
    const { roomName, roomTopic = '', roomAvatarUrl = '' } = settings;
    const speaker = { ...memberContent(settings), membership: 'join' };
    await this.#put(tx, settings, roomId, ['m.room.member', settings.userId], speaker);
    const facts = [
      { type: 'm.room.name', key: 'name', value: roomName, content: { name: roomName } },
      { type: 'm.room.topic', key: 'topic', value: roomTopic, content: topicContent(roomTopic) },
      { type: 'm.room.avatar', key: 'url', value: roomAvatarUrl, content: { url: roomAvatarUrl } },
    ];
    for (const { type, key, value, content } of facts) {
      const standing = await this.deps.reader.state(roomId, [type, ''], tx);
      if ((stringAt(standing?.content, key) ?? '') !== value)
        await this.#put(tx, settings, roomId, [type, ''], content);
    }
  }

  async #bringIn(
    tx: Transaction,
    settings: Settings,
    roomId: RoomId,
    userId: UserId,
    profile: JsonObject,
  ): Promise<void> {
    const standing = (await this.deps.reader.membership(roomId, userId, tx))?.membership;
    if (standing === 'join' || standing === 'invite') return;
    const content = (membership: MembershipState) => ({ ...profile, membership });
    await this.#put(tx, settings, roomId, ['m.room.member', userId], content('invite'));
    if (!settings.autoJoin) return;
    const draft = { roomId, sender: userId, type: 'm.room.member', stateKey: userId, content: content('join') };
    await this.deps.appender.append(tx, draft);
  }

  async #put(
    tx: Transaction,
    settings: Settings,
    roomId: RoomId,
    [type, stateKey]: readonly [type: string, stateKey: string],
    content: JsonObject,
  ): Promise<void> {
    await this.deps.appender.append(tx, { roomId, sender: settings.userId, type, stateKey, content });
  }
}

interface Names {
  readonly displayName: string | undefined;
  readonly avatarUrl: string | undefined;
}

/** How a member event shows somebody. */
const memberContent = (names: Names | undefined): JsonObject => ({
  ...(names?.displayName !== undefined && { displayname: names.displayName }),
  ...(names?.avatarUrl !== undefined && { avatar_url: names.avatarUrl }),
});

const unknown = (why: string) => new MatrixError(400, 'M_UNKNOWN', why);

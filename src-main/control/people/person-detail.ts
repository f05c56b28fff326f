import { stringAt } from '../../base/json.js';
import type { Config } from '../../config/config.js';
import type { Accounts } from '../../matrix/accounts/index.js';
import type { MediaUses } from '../../matrix/media/index.js';
import type { RoomCare } from '../../matrix/rooms/index.js';
import type { UserId } from '../../spec/ids.js';
import type { PersonDetail, PersonDevice } from '../contract.js';
import { type PersonRowsDeps, personsOf } from './person-rows.js';

const MOST_ROOMS = 200;
const MOST_UPLOADS = 50;

export interface PersonDetailDeps {
  readonly accounts: Pick<Accounts, 'users' | 'profiles' | 'devices' | 'thirdPartyIds' | 'rateExceptions'>;
  readonly config: Pick<Config, 'rateLimits'>;
  readonly rooms: Pick<RoomCare, 'reader'>;
  readonly mediaUses: MediaUses;
  readonly keyBackups: PersonRowsDeps['keyBackups'];
  readonly canNotify: boolean;
}

/** All that is known of one account. */
export async function personDetail(deps: PersonDetailDeps, userId: UserId): Promise<PersonDetail | undefined> {
  const { accounts, mediaUses, canNotify, config } = deps;
  const user = await accounts.users.get(userId);
  if (!user) return undefined;
  const [[person], sessions, rooms, uses, newest, addresses, { admins }] = await Promise.all([
    personsOf(deps, [user]),
    accounts.devices.list(userId),
    roomsOf(deps.rooms, userId),
    mediaUses.of([userId]),
    mediaUses.newest(userId, MOST_UPLOADS),
    accounts.thirdPartyIds.list(userId),
    accounts.users.count(),
  ]);
  if (!person) return undefined;
  return {
    ...person,
    isOnlyAdmin: user.isAdmin && admins <= 1,
    isErased: user.isErased,
    sessions: sessions.map(toSession),
    ...rooms,
    uploads: {
      ...(uses.get(userId) ?? { files: 0, bytes: 0 }),
      newest: newest.map(({ mediaId, contentType, bytes, created }) => ({
        mediaId,
        type: contentType,
        bytes,
        createdAt: created,
      })),
    },
    addresses: addresses.map(({ medium, address, addedAt }) => ({ medium, address, addedAt })),
    limit: await accounts.rateExceptions.of(userId),
    quota: await mediaUses.quotaOf(userId),
    usualLimit: config.rateLimits.message,
    canNotify,
  };
}

type Device = Awaited<ReturnType<Accounts['devices']['list']>>[number];

const toSession = ({ deviceId, displayName, createdAt, lastSeen }: Device): PersonDevice => ({
  deviceId,
  name: displayName,
  createdAt,
  lastSeen: lastSeen?.ts,
  address: lastSeen?.address || undefined,
  userAgent: lastSeen?.userAgent || undefined,
});

async function roomsOf(
  { reader }: PersonDetailDeps['rooms'],
  userId: UserId,
): Promise<Pick<PersonDetail, 'rooms' | 'roomCount'>> {
  const joined = await reader.joinedRooms(userId);
  const shown = joined.slice(0, MOST_ROOMS);
  const [names, people] = await Promise.all([reader.stateInRooms(shown, ['m.room.name', '']), reader.countsOf(shown)]);
  const rooms = shown.map((roomId) => ({
    roomId,
    name: stringAt(names.get(roomId)?.content, 'name'),
    people: people.get(roomId) ?? 0,
  }));
  return { rooms, roomCount: joined.length };
}

import type { Clock } from '../../base/clock.js';
import type { Activity } from '../../health/index.js';
import type { Accounts } from '../../matrix/accounts/index.js';
import { bytesOnDisk, type Removal, type RoomCare, type RoomFigures } from '../../matrix/rooms/index.js';
import { serverOf } from '../../spec/grammar.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { RoomNames, RoomRemoval, RoomRow, RoomsPage, RoomsQuery, Space } from '../contract.js';
import type { RoomsDesk } from '../desks/rooms.js';
import { ControlError } from '../procedure.js';
import { roomDetail, roomPeople } from './room-detail.js';

const PAGE = 100;
const PEOPLE_LOOKED_AT = 500;

export interface RoomsDeskDeps {
  readonly rooms: RoomCare;
  readonly accounts: Pick<Accounts, 'users'>;
  readonly clock: Clock;
  readonly activity: Pick<Activity, 'note'>;
}

/** The console's desk for rooms: what `matrix/rooms` knows and does, in the console's words. */
export function createRoomsDesk({ rooms, accounts, clock, activity }: RoomsDeskDeps): RoomsDesk {
  const rowsOf = (found: readonly RoomFigures[]) => withSpaces(rooms, found);
  return {
    list: (query) => list(rooms, query, rowsOf),
    async detail(given) {
      const figures = await rooms.figures.recount(id(given));
      if (!figures) return undefined;
      const [row] = await rowsOf([figures]);
      return row && roomDetail(rooms, row, clock.now());
    },
    people: (given) => roomPeople(rooms, id(given)),
    spaces: () => spaces(rooms),
    async blocked(after) {
      const found = await rooms.blocked.page(after, PAGE + 1);
      const shown = found.slice(0, PAGE);
      return { rooms: shown, next: found.length > PAGE ? shown.at(-1)?.roomId : undefined };
    },
    setPublic: (given, isPublic) => rooms.directory.setPublished(id(given), isPublic, CONSOLE),
    async block(given) {
      const found = await rooms.figures.one(id(given));
      const name = found?.name ?? found?.alias;
      await rooms.blocked.block(id(given), undefined, name);
      await activity.note('room-blocked', { room: name ?? given });
    },
    unblock: (given) => rooms.blocked.unblock(id(given)),
    makeAdmin: (given, userId) => rooms.admins.make(id(given), userId as UserId),
    async remove({ roomId, block, erase, message }) {
      const newRoom = message === undefined ? {} : { newRoom: { userId: await anAdmin(accounts), message } };
      const request = { by: undefined, block, purge: erase, ...newRoom };
      const begun = toRemoval(await rooms.removals.removeRoom(id(roomId), request));
      const fields = { room: begun.name ?? roomId };
      if (block) await activity.note('room-blocked', fields);
      if (erase) await activity.note('room-deleted', fields);
      return begun;
    },
    historyAmount: ({ roomId, before, ours }) => rooms.removals.historyAmount(id(roomId), { before, ours }),
    async clearHistory({ roomId, before, ours }) {
      const found = await rooms.figures.one(id(roomId));
      const name = found?.name ?? found?.alias;
      const begun = await rooms.removals.removeHistory(id(roomId), { by: undefined, name, before, ours });
      await activity.note('history-purged', { room: name ?? roomId });
      return toRemoval(begun);
    },
    async removals(roomId) {
      const found = roomId === undefined ? rooms.removals.latest() : rooms.removals.ofRoom(id(roomId));
      return (await found).map(toRemoval);
    },
    async cancelRemoval(removal) {
      await rooms.removals.cancel(removal);
    },
  };
}

/** Who looks after the server may do what its administrators may. */
const CONSOLE = { userId: '@console:', isAdmin: true } as const;

const id = (given: string): RoomId => given as RoomId;

async function list(
  rooms: RoomCare,
  query: RoomsQuery,
  rowsOf: (found: readonly RoomFigures[]) => Promise<RoomRow[]>,
): Promise<RoomsPage> {
  const offset = Number(query.after ?? 0);
  const { search = '', filter = 'all', order = 'name', descending = false } = query;
  const { rooms: found, total } = await rooms.figures.page({
    search: search.toLowerCase(),
    filter,
    order,
    isDescending: descending,
    offset,
    limit: PAGE,
  });
  const end = offset + found.length;
  return { rooms: await rowsOf(found), total, next: end < total && found.length > 0 ? String(end) : undefined };
}

async function withSpaces(rooms: RoomCare, found: readonly RoomFigures[]): Promise<RoomRow[]> {
  const spacesOf = await rooms.spaces.spacesOf(found.map(({ roomId }) => roomId));
  const named = await rooms.figures.some([...new Set([...spacesOf.values()].flat())]);
  const names = new Map(named.map((space) => [space.roomId, namesOf(space)]));
  return found.map((room) => ({
    ...namesOf(room),
    joined: room.joined,
    local: room.local,
    origin: serverOf(room.roomId),
    isEncrypted: room.isEncrypted,
    isSpace: room.isSpace,
    isPublic: room.isPublic,
    isBlocked: room.isBlocked,
    version: room.version,
    events: room.events,
    bytes: bytesOnDisk(room),
    lastActive: room.lastActive,
    spaces: (spacesOf.get(room.roomId) ?? []).flatMap((space) => names.get(space) ?? []),
  }));
}

async function spaces(rooms: RoomCare): Promise<Space[]> {
  const tree = await rooms.spaces.spaces();
  const inner = new Set(tree.flatMap(({ children }) => children));
  const ids = [...new Set(tree.flatMap(({ roomId, children }) => [roomId, ...children]))];
  const known = new Map((await rooms.figures.some(ids)).map((room) => [room.roomId, room]));
  const names = (roomId: RoomId): RoomNames => {
    const room = known.get(roomId);
    return room ? namesOf(room) : { roomId, name: undefined, alias: undefined, people: [] };
  };
  return tree.map(({ roomId, children }) => ({
    ...names(roomId),
    isTop: !inner.has(roomId),
    children: children.map((child) => ({
      ...names(child),
      isSpace: known.get(child)?.isSpace === true,
      isKnown: known.has(child),
    })),
  }));
}

const namesOf = ({ roomId, name, alias, people }: RoomFigures): RoomNames => ({ roomId, name, alias, people });

/** In whose name people are told things. @throws ControlError M_NOT_FOUND when there is nobody */
async function anAdmin(accounts: RoomsDeskDeps['accounts']): Promise<UserId> {
  const page = { search: '', deactivated: false, offset: 0, limit: PEOPLE_LOOKED_AT };
  const admin = (await accounts.users.page(page)).users.find(({ isAdmin }) => isAdmin);
  if (!admin) throw new ControlError('M_NOT_FOUND', 'there is no administrator in whose name people could be told');
  return admin.userId;
}

const toRemoval = (removal: Removal): RoomRemoval => ({
  id: removal.id,
  roomId: removal.roomId,
  name: removal.request.name,
  kind: removal.kind,
  state: removal.state,
  erases: removal.kind === 'history' || removal.request.purge,
  total: removal.total,
  done: removal.done,
  bytes: bytesOnDisk({ events: removal.done, bytes: removal.bytes }),
  removed: removal.result.removed?.length ?? 0,
  stayed: removal.result.stayed?.length ?? 0,
  startedAt: removal.started,
  endedAt: removal.ended,
  error: removal.result.error,
});

import type {
  BlockedRoomsPage,
  ClearHistory,
  RemoveRoom,
  RoomDetail,
  RoomPerson,
  RoomRemoval,
  RoomRow,
  RoomsQuery,
  Space,
} from '../../../src-main/control/contract.js';
import type { RoomsDesk } from '../../../src-main/control/desks/rooms.js';
import type { RoomId } from '../../../src-main/spec/ids.js';

const PAGE = 100;
const DAY = 86_400_000;

/** Rooms without a server: what the test puts there. */
export class FakeRooms implements RoomsDesk {
  readonly rows: RoomRow[] = [];
  readonly persons: RoomPerson[] = [];
  readonly tree: Space[] = [];
  readonly removing: RoomRemoval[] = [];
  readonly blockedRooms: BlockedRoomsPage['rooms'][number][] = [];
  readonly asked: object[] = [];
  topic: string | undefined = 'What the family talks about';

  add(name: string | undefined, given: Partial<RoomRow> = {}): RoomRow {
    const row: RoomRow = {
      roomId: `!room${this.rows.length}:family.test`,
      name,
      alias: undefined,
      people: [],
      joined: 4,
      local: 4,
      origin: 'family.test',
      isEncrypted: true,
      isSpace: false,
      isPublic: false,
      isBlocked: false,
      version: '12',
      events: 1200,
      bytes: 2_400_000,
      lastActive: Date.now() - this.rows.length * 3_600_000,
      spaces: [],
      ...given,
    };
    this.rows.push(row);
    return row;
  }

  list = async ({ search = '', filter = 'all', order = 'name', descending = false, after = '0' }: RoomsQuery) => {
    const key = (row: RoomRow) =>
      ({
        name: row.name ?? '',
        members: row.joined,
        local: row.local,
        events: row.events,
        bytes: row.bytes,
        active: row.lastActive,
      })[order];
    const isIn = (row: RoomRow) =>
      ({
        all: true,
        rooms: !row.isSpace,
        spaces: row.isSpace,
        empty: row.local === 0,
        public: row.isPublic,
        blocked: row.isBlocked,
      })[filter];
    const found = this.rows
      .filter((row) => isIn(row) && `${row.name} ${row.roomId}`.toLowerCase().includes(search.toLowerCase()))
      .sort((a, b) => (key(a) < key(b) ? -1 : 1) * (descending ? -1 : 1));
    const rooms = found.slice(Number(after), Number(after) + PAGE);
    const end = Number(after) + rooms.length;
    return { rooms, total: found.length, next: end < found.length ? String(end) : undefined };
  };

  async detail(roomId: string): Promise<RoomDetail | undefined> {
    const room = this.rows.find((row) => row.roomId === roomId);
    if (!room) return undefined;
    const today = Math.floor(Date.now() / DAY) * DAY;
    return {
      room,
      topic: this.topic,
      creator: '@alex:family.test',
      createdAt: Date.now() - 90 * DAY,
      joinRule: 'invite',
      historyVisibility: 'shared',
      guestsMayJoin: false,
      aliases: room.alias === undefined ? [] : [room.alias],
      servers: [
        { serverName: 'club.test', people: 12 },
        { serverName: 'matrix.test', people: 3 },
      ],
      serverCount: 2,
      forks: 1,
      days: Array.from({ length: 14 }, (_, day) => ({ day: today - (13 - day) * DAY, events: (day * 7) % 23 })),
      types: [
        { type: 'm.room.encrypted', events: 1000, bytes: 2_000_000 },
        { type: 'm.room.member', events: 60, bytes: 90_000 },
      ],
    };
  }

  people = async () => ({ people: this.persons, isMore: false });
  spaces = async () => this.tree;
  blocked = async () => ({ rooms: this.blockedRooms, next: undefined });
  setPublic = async (roomId: string, isPublic: boolean) => this.#change(roomId, { isPublic });

  async block(roomId: string): Promise<void> {
    this.#change(roomId, { isBlocked: true });
    this.blockedRooms.push({ roomId: roomId as RoomId, name: undefined, by: undefined, at: Date.now() });
  }

  async unblock(roomId: string): Promise<void> {
    this.#change(roomId, { isBlocked: false });
    this.blockedRooms.splice(
      0,
      this.blockedRooms.length,
      ...this.blockedRooms.filter((each) => each.roomId !== roomId),
    );
  }

  async makeAdmin(roomId: string, userId: string): Promise<void> {
    this.asked.push({ roomId, userId });
  }

  async remove(given: RemoveRoom): Promise<RoomRemoval> {
    this.asked.push(given);
    return this.#begin(given.roomId, 'room', given.erase);
  }

  historyAmount = async ({ before }: ClearHistory) => ({ events: before > 0 ? 830 : 0, bytes: 1_600_000 });

  async clearHistory(given: ClearHistory): Promise<RoomRemoval> {
    this.asked.push(given);
    return this.#begin(given.roomId, 'history', true);
  }

  removals = async (roomId: string | undefined) =>
    this.removing.filter((each) => roomId === undefined || each.roomId === roomId);

  cancelRemoval = async (id: string) => this.changeRemoval(id, { state: 'cancelled', endedAt: Date.now() });

  changeRemoval(id: string, change: Partial<RoomRemoval>): void {
    const index = this.removing.findIndex((each) => each.id === id);
    const removal = this.removing[index];
    if (removal) this.removing[index] = { ...removal, ...change };
  }

  #begin(roomId: string, kind: RoomRemoval['kind'], erases: boolean): RoomRemoval {
    const removal: RoomRemoval = {
      id: `removal${this.removing.length}`,
      roomId: roomId as RoomId,
      name: this.rows.find((row) => row.roomId === roomId)?.name,
      kind,
      state: 'erasing',
      erases,
      total: 1200,
      done: 480,
      bytes: 900_000,
      removed: 4,
      stayed: 0,
      startedAt: Date.now() - 20_000,
      endedAt: undefined,
      error: undefined,
    };
    this.removing.unshift(removal);
    return removal;
  }

  #change(roomId: string, change: Partial<RoomRow>): void {
    const index = this.rows.findIndex((row) => row.roomId === roomId);
    const row = this.rows[index];
    if (row) this.rows[index] = { ...row, ...change };
  }
}

import type {
  CleanUpChoice,
  CleanUpRun,
  DatabaseRoom,
  DatabaseShrinking,
  MediaListQuery,
  MediaPlace,
  MediaRow,
  StorageOverview,
} from '../../../src-main/control/contract.js';
import type { StorageDesk } from '../../../src-main/control/desks/storage.js';

const PAGE = 100;
const GB = 1_000_000_000;

/** A disk without a server: what the test puts there. */
export class FakeStorage implements StorageDesk {
  readonly files: MediaRow[] = [];
  readonly runs: CleanUpRun[] = [];
  readonly asked: object[] = [];
  amount = { count: 412, bytes: 3_100_000_000 };
  view: StorageOverview = {
    parts: [
      { part: 'copies', bytes: 4.2 * GB },
      { part: 'messages', bytes: 2.1 * GB },
      { part: 'own', bytes: 1.6 * GB },
      { part: 'thumbnails', bytes: 0.4 * GB },
      { part: 'database', bytes: 0.3 * GB },
      { part: 'logs', bytes: 0.06 * GB },
      { part: 'previews', bytes: 0.02 * GB },
    ],
    used: 8.68 * GB,
    disk: { folder: '/srv/hearth', free: 31 * GB, total: 120 * GB, rung: 'fine' },
    growth: { perWeek: 0.9 * GB, weeksLeft: 34.4 },
    budget: { limit: undefined, used: 6.22 * GB, state: 'none' },
    lifetimeDays: undefined,
    rooms: [
      { roomId: '!a:family.test', name: 'Garden club', alias: undefined, people: [], bytes: 1.4 * GB },
      { roomId: '!b:family.test', name: 'Family', alias: undefined, people: [], bytes: 0.3 * GB },
    ],
    people: [{ userId: '@alex:family.test', count: 812, bytes: 1.1 * GB }],
    servers: [{ serverName: 'club.test', count: 3021, bytes: 3.2 * GB }],
  };

  add(given: Partial<MediaRow> = {}): MediaRow {
    const index = this.files.length;
    const row: MediaRow = {
      mediaId: `file${index}`,
      userId: '@alex:family.test',
      name: `holiday-${index}.jpg`,
      contentType: 'image/jpeg',
      size: 4_000_000 - index * 1000,
      createdAt: Date.now() - index * 3_600_000,
      lastUsed: Date.now() - index * 3_600_000,
      isQuarantined: false,
      isProtected: false,
      ...given,
    };
    this.files.push(row);
    return row;
  }

  room: DatabaseRoom = {
    bytes: 2.4 * GB,
    file: { free: 0.6 * GB, givesBack: false, needed: 2.03 * GB },
    shrinking: undefined,
  };

  database = async () => this.room;

  async shrink(): Promise<DatabaseShrinking> {
    const shrinking: DatabaseShrinking = {
      state: 'running',
      before: this.room.bytes,
      expected: 1.8 * GB,
      written: 0.9 * GB,
      after: undefined,
      why: undefined,
      startedAt: Date.now(),
      endedAt: undefined,
    };
    this.room = { ...this.room, shrinking };
    return shrinking;
  }

  async cancelShrink(): Promise<void> {
    const { shrinking } = this.room;
    if (shrinking) this.room = { ...this.room, shrinking: { ...shrinking, state: 'cancelled', endedAt: Date.now() } };
  }

  overview = async () => this.view;
  cleanUpAmount = async ({ days }: CleanUpChoice) => (days > 1000 ? { count: 0, bytes: 0 } : this.amount);
  cleanUps = async () => this.runs;

  async cleanUp(choice: CleanUpChoice): Promise<CleanUpRun> {
    this.asked.push(choice);
    const run: CleanUpRun = {
      id: `run${this.runs.length}`,
      isAutomatic: false,
      kind: choice.kind,
      state: 'running',
      total: this.amount,
      gone: { count: 100, bytes: 700_000_000 },
      startedAt: Date.now() - 3000,
      endedAt: undefined,
    };
    this.runs.unshift(run);
    return run;
  }

  async cancelCleanUp(): Promise<void> {
    const [run] = this.runs;
    if (run) this.runs[0] = { ...run, state: 'cancelled', endedAt: Date.now() };
  }

  async setLimit(limit: number | undefined): Promise<void> {
    const { used } = this.view.budget;
    const state = limit === undefined ? 'none' : used > limit ? 'full' : 'fine';
    this.view = { ...this.view, budget: { limit, used, state } };
  }

  async setLifetime(days: number | undefined): Promise<void> {
    this.asked.push({ days });
    this.view = { ...this.view, lifetimeDays: days };
  }

  media = async ({ kind, search = '', after = '0', order = 'size', descending = true }: MediaListQuery) => {
    const key = (row: MediaRow) => ({ size: row.size, created: row.createdAt, used: row.lastUsed })[order];
    const found = this.files
      .filter((row) => (row.server === undefined) === (kind === 'own'))
      .filter((row) => `${row.name} ${row.userId} ${row.server}`.includes(search))
      .sort((a, b) => (key(a) - key(b)) * (descending ? -1 : 1));
    const files = found.slice(Number(after), Number(after) + PAGE);
    const end = Number(after) + files.length;
    return { files, total: found.length, next: end < found.length ? String(end) : undefined };
  };

  quarantine = async ({ mediaId }: MediaPlace, on: boolean) => this.#change(mediaId, { isQuarantined: on });
  protect = async (mediaId: string, on: boolean) => this.#change(mediaId, { isProtected: on });

  async remove({ mediaId }: MediaPlace): Promise<void> {
    this.files.splice(
      this.files.findIndex((row) => row.mediaId === mediaId),
      1,
    );
  }

  #change(mediaId: string, change: Partial<MediaRow>): void {
    const index = this.files.findIndex((row) => row.mediaId === mediaId);
    const row = this.files[index];
    if (row) this.files[index] = { ...row, ...change };
  }
}

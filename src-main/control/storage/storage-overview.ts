import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Milliseconds } from '../../base/clock.js';
import { databaseBytes } from '../../maintenance/database-size.js';
import { bytesOnDisk } from '../../matrix/rooms/index.js';
import type { DiskRung, StorageOverview, StoragePart } from '../contract.js';
import type { StorageDeskDeps } from './storage-desk.js';

/** The disk that holds the server's folder: bytes. */
export interface DiskSpace {
  readonly folder: string;
  readonly free: number;
  readonly total: number;
  /** by the folder */
  readonly used: number;
  readonly rung: DiskRung;
}

const DAY: Milliseconds = 86_400_000;
const WEEK = 7 * DAY;
const LARGEST = 8;

/** How much there is of what, how it grows, and what is largest. */
export async function storageOverview(deps: StorageDeskDeps): Promise<StorageOverview> {
  const { db, config, media, rooms } = deps;
  const [disk, database, sums, amounts, logs, budget, largest, largestRooms] = await Promise.all([
    deps.disk(),
    databaseBytes(db),
    rooms.figures.sums(),
    media.care.amounts(),
    sizeOf(config.log.folder),
    media.budget.now(),
    media.care.largest(LARGEST),
    rooms.figures.page({ search: '', filter: 'all', order: 'bytes', isDescending: true, offset: 0, limit: LARGEST }),
  ]);
  const messages = Math.min(sums.bytes, database);
  const known: Record<Exclude<StoragePart, 'other'>, number> = {
    messages,
    database: database - messages,
    own: amounts.own.bytes,
    copies: amounts.copies.bytes,
    thumbnails: amounts.thumbnails.bytes,
    previews: amounts.previews.bytes,
    logs,
  };
  // A database server keeps its files elsewhere.
  const inFolder = sumOf(known) - (db.engine === 'sqlite' ? 0 : database);
  const other = Math.max(0, (disk?.used ?? 0) - inFolder);
  const parts = Object.entries({ ...known, other })
    .map(([part, bytes]) => ({ part: part as StoragePart, bytes }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  const { remoteLifetime } = config.media;
  return {
    parts,
    used: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    disk: disk && { folder: disk.folder, free: disk.free, total: disk.total, rung: disk.rung },
    growth: await growth(deps, disk?.free),
    budget,
    lifetimeDays: remoteLifetime === undefined ? undefined : Math.round(remoteLifetime / DAY),
    rooms: largestRooms.rooms.map((room) => ({
      roomId: room.roomId,
      name: room.name,
      alias: room.alias,
      people: room.people,
      bytes: bytesOnDisk(room),
    })),
    people: largest.people,
    servers: largest.servers.map(({ server, ...sum }) => ({ serverName: server, ...sum })),
  };
}

const sumOf = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);

/** By what was measured in the last month; undefined where that is less than a day. */
async function growth({ measurements }: StorageDeskDeps, free: number | undefined): Promise<StorageOverview['growth']> {
  const { points, step } = await measurements.series(['diskUsed'], 'month');
  const measured = (points.diskUsed ?? []).flatMap((bytes, index) =>
    typeof bytes === 'number' ? [{ at: index * step, bytes }] : [],
  );
  const [first, last] = [measured[0], measured.at(-1)];
  if (!first || !last || last.at - first.at < DAY) return undefined;
  const perWeek = ((last.bytes - first.bytes) / (last.at - first.at)) * WEEK;
  const weeksLeft = perWeek > 0 && free !== undefined ? free / perWeek : undefined;
  return { perWeek, weeksLeft };
}

/** Bytes of the files in a folder; none where there is no such folder. */
async function sizeOf(folder: string | undefined): Promise<number> {
  if (folder === undefined) return 0;
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

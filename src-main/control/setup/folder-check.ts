import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isNetworkType, isSyncedFolder } from '../../storage/folder-kind.js';
import type { FolderCheck, FolderCode, SetupMode, Verdict } from '../contract.js';

/** Room on the disk that holds a folder, in bytes, and whether it is another machine's. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
  readonly isNetwork: boolean;
}

/** Where `diskSpace` answers; tests give another. */
export type DiskSpaceOf = (folder: string) => Promise<DiskSpace>;

const GB = 1_000_000_000;
const leastFor = (mode: SetupMode): number => (mode === 'try' ? 0.2 : 5) * GB;
const comfortableFor = (mode: SetupMode): number => (mode === 'try' ? 1 : 20) * GB;
export const diskSpace: DiskSpaceOf = async (folder) => {
  const { bavail, blocks, bsize, type } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize, isNetwork: isNetworkType(type) };
};

/** Judges a folder that somebody chose for the server's data. It need not exist: then its nearest parent counts. */
export async function checkFolder(
  typed: string,
  mode: SetupMode,
  spaceOf: DiskSpaceOf = diskSpace,
): Promise<FolderCheck> {
  const folder = typed.trim();
  if (folder === '') return verdict('', 'refused', 'FOLDER_EMPTY');
  if (!isAbsolute(folder)) return verdict(folder, 'refused', 'FOLDER_NOT_ABSOLUTE');
  const whole = resolve(folder);
  const existing = await nearestExisting(whole);
  if (!(await stat(existing)).isDirectory()) return verdict(whole, 'refused', 'FOLDER_IS_FILE');
  const space = await spaceOf(existing);
  const code = (await refusal(whole, existing, mode, space)) ?? (await doubt(whole, existing, mode, space));
  return verdict(whole, severity(code), code, space);
}

async function refusal(
  folder: string,
  existing: string,
  mode: SetupMode,
  space: DiskSpace,
): Promise<FolderCode | undefined> {
  if (!(await isWritable(existing))) return 'FOLDER_NOT_WRITABLE';
  if (folder === existing && (await isServer(folder))) return 'FOLDER_HAS_SERVER';
  if (isSyncedFolder(folder)) return 'FOLDER_IS_SYNCED';
  if (space.isNetwork) return 'FOLDER_IS_NETWORK';
  return space.free < leastFor(mode) ? 'FOLDER_LITTLE_SPACE' : undefined;
}

async function doubt(
  folder: string,
  existing: string,
  mode: SetupMode,
  space: DiskSpace,
): Promise<FolderCode | undefined> {
  if (space.free < comfortableFor(mode)) return 'FOLDER_SOME_SPACE';
  if (folder !== existing) return undefined;
  return (await readdir(folder)).length > 0 ? 'FOLDER_HAS_FILES' : undefined;
}

const severity = (code: FolderCode | undefined): Verdict => {
  if (code === undefined) return 'ok';
  return code === 'FOLDER_SOME_SPACE' || code === 'FOLDER_HAS_FILES' ? 'warning' : 'refused';
};

const verdict = (folder: string, verdict: Verdict, code: FolderCode | undefined, space?: DiskSpace): FolderCheck => ({
  verdict,
  code,
  folder,
  freeBytes: space?.free,
  totalBytes: space?.total,
});

async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if ((await exists(path)) || path === dirname(path)) return path;
  }
}

const exists = (path: string): Promise<boolean> => answers(access(path, constants.F_OK));
const isWritable = (path: string): Promise<boolean> => answers(access(path, constants.W_OK));
const isServer = async (folder: string): Promise<boolean> =>
  (await exists(join(folder, 'homeserver.db'))) || exists(join(folder, 'media_store'));

const answers = (question: Promise<unknown>): Promise<boolean> =>
  question.then(
    () => true,
    () => false,
  );

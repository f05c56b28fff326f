import type { Milliseconds } from '../../base/clock.js';
import type { Budget } from '../../matrix/media/index.js';
import { isNetworkDisk, isSyncedFolder } from '../../storage/folder-kind.js';
import type { Check } from '../check.js';
import type { DatabaseState } from '../database-look.js';
import type { DiskState } from '../disk-use.js';
import type { MeasureSeries } from '../records.js';
import { DAY, error, HOUR, MINUTE, NOT_APPLICABLE, ok, unknown, warning } from './finding.js';

export interface StorageDeps {
  readonly folder: string;
  readonly disk: () => Promise<DiskState | undefined>;
  /** by the hour, of a week */
  readonly week: () => Promise<Pick<MeasureSeries, 'points' | 'step'>>;
  /** how much of what files may take they take */
  readonly budget: () => Promise<Budget>;
  /** whether the database is a file that this server looks after, and what came of the last look */
  readonly database: () => { readonly isOurs: boolean; readonly last: DatabaseState | undefined };
}

const WEEK: Milliseconds = 7 * DAY;
/** Growth is not to be told from less. */
const ENOUGH_KNOWN = 2 * DAY;
const SOON_FULL = 4;

/** Whether there is room on the disk, and for how long. */
export const storageChecks = (deps: StorageDeps): Check[] => [
  diskSpace(deps),
  diskGrowth(deps),
  diskBudget(deps),
  dataFolder(deps),
  soundness(deps),
];

const diskSpace = ({ disk, folder }: StorageDeps): Check => ({
  code: 'disk-space',
  category: 'storage',
  severity: 'high',
  dependsOn: [],
  timeToVisible: 0,
  every: 2 * MINUTE,
  actions: ['show-storage'],
  async probe() {
    const found = await disk();
    if (!found) return unknown(`${folder} cannot be asked about`);
    const { free, total, rung } = found;
    const fields = { free, total };
    const evidence = `${folder}: ${free} of ${total} bytes are free`;
    if (rung === 'fine') return ok(fields, evidence);
    return (rung === 'low' ? warning : error)(rung, fields, { evidence, value: rung });
  },
});

const diskGrowth = ({ week }: StorageDeps): Check => ({
  code: 'disk-growth',
  category: 'storage',
  severity: 'low',
  dependsOn: ['disk-space'],
  timeToVisible: 0,
  every: 6 * HOUR,
  actions: ['show-storage'],
  async probe() {
    const { points, step } = await week();
    const growth = growthOf(points.diskUsed ?? [], step);
    const free = points.diskFree?.findLast((value) => value !== null);
    if (growth === undefined || free === undefined || free === null) return unknown('not measured for long enough yet');
    const perWeek = Math.max(0, Math.round(growth));
    if (perWeek === 0) return ok({ perWeek });
    const weeks = Math.floor(free / perWeek);
    const fields = { perWeek, weeks };
    return weeks < SOON_FULL ? warning('soon-full', fields, { value: 'soon-full' }) : ok(fields);
  },
});

/** Bytes a week, from the first point that is known to the last; undefined when they are too near to each other. */
export function growthOf(points: readonly (number | null)[], step: Milliseconds): number | undefined {
  const first = points.findIndex((value) => value !== null);
  const last = points.findLastIndex((value) => value !== null);
  const [from, to] = [points[first], points[last]];
  const time = (last - first) * step;
  if (typeof from !== 'number' || typeof to !== 'number' || time < ENOUGH_KNOWN) return undefined;
  return ((to - from) / time) * WEEK;
}

const diskBudget = ({ budget }: StorageDeps): Check => ({
  code: 'disk-budget',
  category: 'storage',
  severity: 'medium',
  dependsOn: [],
  timeToVisible: 0,
  every: 10 * MINUTE,
  actions: ['show-storage'],
  async probe() {
    const { limit, used, state } = await budget();
    if (limit === undefined || state === 'none') return NOT_APPLICABLE;
    const fields = { used, limit };
    if (state === 'fine') return ok(fields);
    const isFull = state === 'full';
    return isFull ? error('full', fields, { value: 'full' }) : warning('near', fields, { value: 'near' });
  },
});

const dataFolder = ({ folder }: StorageDeps): Check => ({
  code: 'data-folder',
  category: 'storage',
  severity: 'high',
  dependsOn: [],
  timeToVisible: 0,
  every: DAY,
  actions: ['show-storage'],
  async probe() {
    if (folder === '') return NOT_APPLICABLE;
    if (isSyncedFolder(folder)) return error('synced', { folder });
    return (await isNetworkDisk(folder)) ? warning('network', { folder }) : ok({ folder });
  },
});

/** All of the database is read once a week: what is wrong with it is better known before somebody needs it. */
const soundness = ({ database }: StorageDeps): Check => ({
  code: 'database',
  category: 'storage',
  severity: 'critical',
  dependsOn: [],
  timeToVisible: 0,
  every: HOUR,
  actions: ['show-logs'],
  async probe() {
    const { isOurs, last } = database();
    if (!isOurs) return NOT_APPLICABLE;
    if (!last) return unknown('not looked at yet: it is a day after the first start, and then every week');
    const fields = { at: last.at };
    return last.damage === '' ? ok(fields) : error('damaged', fields, { evidence: last.damage, value: 'damaged' });
  },
});

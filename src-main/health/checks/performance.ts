import { freemem, totalmem } from 'node:os';
import type { Check } from '../check.js';
import type { MeasureSeries } from '../records.js';
import { error, HOUR, MINUTE, ok, warning } from './finding.js';

/** A room whose history has more open ends than it should: each message in it costs more. */
export interface ForkedRoom {
  readonly roomId: string;
  readonly ends: number;
}

export interface PerformanceDeps {
  /** bytes that this server is meant to live in */
  readonly memoryBudget: number;
  readonly memory: () => number;
  readonly system?: () => { readonly free: number; readonly total: number };
  /** by the minute, of the last hour */
  readonly lastHour: () => Promise<Pick<MeasureSeries, 'points'>>;
  /** rooms with more than so many open ends, the worst first */
  readonly forkedRooms: (more: number) => Promise<readonly ForkedRoom[]>;
}

const systemMemory = () => ({ free: freemem(), total: totalmem() });
const LITTLE_LEFT = { share: 0.05, bytes: 300_000_000 };
/** With a longer one everybody notices. */
const LONG_STALL = 2000;
const RECENT = 15;
const MOST_ENDS = 10;

/** Whether the server is quick. */
export const performanceChecks = (deps: PerformanceDeps): Check[] => [memory(deps), stall(deps), slowRoom(deps)];

const memory = ({ memoryBudget, memory: used, system = systemMemory }: PerformanceDeps): Check => ({
  code: 'memory',
  category: 'performance',
  severity: 'medium',
  dependsOn: [],
  timeToVisible: 10 * MINUTE,
  every: MINUTE,
  actions: ['restart-server', 'show-settings'],
  async probe() {
    const { free, total } = system();
    const fields = { used: used(), budget: memoryBudget, free };
    const evidence = `${fields.used} bytes resident; ${free} of ${total} bytes of the computer are free`;
    if (free < total * LITTLE_LEFT.share && free < LITTLE_LEFT.bytes) {
      return error('computer', fields, { evidence, value: 'computer' });
    }
    return fields.used > memoryBudget ? warning('server', fields, { evidence, value: 'server' }) : ok(fields, evidence);
  },
});

const stall = ({ lastHour }: PerformanceDeps): Check => ({
  code: 'stall',
  category: 'performance',
  severity: 'low',
  dependsOn: ['memory'],
  timeToVisible: 0,
  every: 5 * MINUTE,
  actions: ['show-logs'],
  async probe() {
    const { points } = await lastHour();
    const recent = (points.stall ?? []).slice(-RECENT).filter((value) => value !== null);
    const longest = Math.max(0, ...recent);
    const times = recent.filter((value) => value > LONG_STALL).length;
    return times > 0 ? warning('long', { longest, times }, { value: 'long' }) : ok({ longest });
  },
});

const slowRoom = ({ forkedRooms }: PerformanceDeps): Check => ({
  code: 'slow-room',
  category: 'performance',
  severity: 'low',
  dependsOn: [],
  timeToVisible: HOUR,
  every: HOUR,
  actions: ['show-room'],
  async probe() {
    const [worst, ...others] = await forkedRooms(MOST_ENDS);
    if (!worst) return ok({});
    const evidence = [worst, ...others].map(({ roomId, ends }) => `${roomId} ${ends}`).join('\n');
    const fields = { roomId: worst.roomId, ends: worst.ends, others: others.length };
    return warning('forked', fields, { evidence, value: worst.roomId });
  },
});

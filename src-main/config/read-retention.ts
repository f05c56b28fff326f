import type { Milliseconds } from '../base/clock.js';
import type { RetentionConfig } from './config.js';
import type { Notes } from './notes.js';
import type { FileValues } from './schema.js';
import { parseDuration } from './units.js';

type Given = NonNullable<FileValues['retention']>;
type Time = Milliseconds | undefined;

const DAY: Milliseconds = 24 * 60 * 60_000;
const timeOf = (value: number | string | undefined): Time => (value === undefined ? undefined : parseDuration(value));
const isBefore = (a: Time, b: Time): boolean => a !== undefined && b !== undefined && a < b;

/** How long messages are kept; undefined: for ever, as long as `retention.enabled` is not said. */
export function readRetention({ retention: given }: FileValues, notes: Notes): RetentionConfig | undefined {
  if (given === undefined) return undefined;
  const policy = {
    minLifetime: timeOf(given.default_policy?.min_lifetime),
    maxLifetime: timeOf(given.default_policy?.max_lifetime),
    shortestAllowed: timeOf(given.allowed_lifetime_min),
    longestAllowed: timeOf(given.allowed_lifetime_max),
    purgeJobs: readJobs(given, notes),
  };
  if (isBefore(policy.maxLifetime, policy.minLifetime)) {
    const sentence = "The default policy's `min_lifetime` must not be longer than its `max_lifetime`.";
    notes.problem(['retention', 'default_policy'], sentence);
  }
  if (isBefore(policy.longestAllowed, policy.shortestAllowed)) {
    const sentence = '`allowed_lifetime_min` must not be longer than `allowed_lifetime_max`.';
    notes.problem(['retention', 'allowed_lifetime_min'], sentence);
  }
  return given.enabled === true ? policy : undefined;
}

/** Once a day for all rooms, where nothing is said. */
function readJobs({ purge_jobs: given = [] }: Given, notes: Notes): RetentionConfig['purgeJobs'] {
  const jobs = given.map((job, at) => {
    const [shortest, longest] = [timeOf(job.shortest_max_lifetime), timeOf(job.longest_max_lifetime)];
    if (isBefore(longest, shortest)) {
      const sentence = '`shortest_max_lifetime` must not be longer than `longest_max_lifetime`.';
      notes.problem(['retention', 'purge_jobs', at], sentence);
    }
    return { interval: parseDuration(job.interval), shortest, longest };
  });
  return jobs.length > 0 ? jobs : [{ interval: DAY, shortest: undefined, longest: undefined }];
}

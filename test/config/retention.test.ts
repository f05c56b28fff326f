import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src-main/config/load.js';

const path = join(mkdtempSync(join(tmpdir(), 'hearth-config-')), 'homeserver.yaml');
const DAY = 24 * 60 * 60_000;

function retention(text: string) {
  writeFileSync(path, `server_name: home.test\nretention:\n${text}`);
  return loadConfig([path], {}).rooms.retention;
}

it('keeps messages for ever unless it is switched on', () => {
  expect(retention('  default_policy: { max_lifetime: 1y }\n')).toBeUndefined();
  expect(retention('  enabled: true\n')).toEqual({
    minLifetime: undefined,
    maxLifetime: undefined,
    shortestAllowed: undefined,
    longestAllowed: undefined,
    purgeJobs: [{ interval: DAY, shortest: undefined, longest: undefined }],
  });
});

it('reads how long messages are kept, and when they are deleted', () => {
  const text = `  enabled: true
  default_policy: { min_lifetime: 1d, max_lifetime: 1y }
  allowed_lifetime_min: 1d
  allowed_lifetime_max: 2y
  purge_jobs:
    - { longest_max_lifetime: 3d, interval: 12h }
    - { shortest_max_lifetime: 3d, interval: 1d }
`;
  expect(retention(text)).toEqual({
    minLifetime: DAY,
    maxLifetime: 365 * DAY,
    shortestAllowed: DAY,
    longestAllowed: 730 * DAY,
    purgeJobs: [
      { interval: DAY / 2, shortest: undefined, longest: 3 * DAY },
      { interval: DAY, shortest: 3 * DAY, longest: undefined },
    ],
  });
});

it.each([
  ['  default_policy: { min_lifetime: 2d, max_lifetime: 1d }', 'must not be longer than its `max_lifetime`'],
  ['  allowed_lifetime_min: 2d\n  allowed_lifetime_max: 1d', 'must not be longer than `allowed_lifetime_max`'],
  [
    '  purge_jobs: [{ interval: 1d, shortest_max_lifetime: 2d, longest_max_lifetime: 1d }]',
    'must not be longer than `longest_max_lifetime`',
  ],
  ['  purge_jobs: [{ longest_max_lifetime: 1d }]', 'interval'],
])('refuses %j', (text, why) => {
  expect(() => retention(text)).toThrow(why);
});

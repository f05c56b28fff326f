import { expect, it } from 'vitest';
import { DiskRoom, type DiskRung, rungOf, systemSpaceOf } from '../../src-main/storage/disk-room.js';
import { FakeClock } from '../support/fake-clock.js';

const GB = 1e9;

it.each<[number, number, DiskRung]>([
  [300, 500, 'fine'],
  [60, 4000, 'fine'],
  [18, 500, 'low'],
  [4, 500, 'very-low'],
  [4, 60, 'low'],
  [0.9, 4, 'no-uploads'],
  [0.2, 4, 'read-only'],
  [0, 4000, 'read-only'],
])('says of %d of %d GB that they are %s', (free, total, rung) => {
  expect(rungOf({ free: free * GB, total: total * GB })).toBe(rung);
});

it.each<[number, string[]]>([
  [18, []],
  [4, ['copies']],
  [0.9, ['copies', 'uploads']],
  [0.2, ['copies', 'uploads', 'messages']],
])('with %d of 500 GB left refuses %j', async (free, refused) => {
  const spaceOf = async () => ({ free: free * GB, total: 500 * GB });
  const room = new DiskRoom({ folder: '/data', clock: new FakeClock(), spaceOf });
  const found: string[] = [];
  for (const what of ['copies', 'uploads', 'messages'] as const) {
    await room.require(what).catch(({ status }) => status === 507 && found.push(what));
  }
  expect(found).toEqual(refused);
});

it('looks now and then, and takes a disk that cannot be asked about for a large one', async () => {
  const clock = new FakeClock();
  let looks = 0;
  const spaceOf = async () => {
    looks += 1;
    return undefined;
  };
  const room = new DiskRoom({ folder: '/data', clock, spaceOf });
  for (let each = 0; each < 3; each += 1) expect(await room.rung()).toBe('fine');
  expect(looks).toBe(1);
  await clock.advance(6_000);
  await room.require('messages');
  expect(looks).toBe(2);
});

it('asks the system', async () => {
  const space = await systemSpaceOf('/');
  expect(space?.total).toBeGreaterThan(space?.free ?? Number.NaN);
  expect(await systemSpaceOf('/no/such/folder')).toBeUndefined();
});

import { expect, it } from 'vitest';
import { statement } from '../../src-main/storage/database.js';
import { SqliteAside } from '../../src-main/storage/sqlite-aside.js';
import { describeEachDatabase } from '../support/databases.js';

const among = statement<[readonly number[]], { position: number }>(
  'SELECT position FROM bookmarks WHERE position IN INTS(?) ORDER BY position',
);
const put = statement<[string, number]>('INSERT INTO bookmarks (follower, position) VALUES (?, ?)');
const broken = statement<[], unknown>('SELECT position FROM nowhere');

describeEachDatabase('reads aside', (databases) => {
  it('see what is committed, at once', async () => {
    const db = await databases.open();
    expect(await db.aside.all(among, [1, 2])).toEqual([]);
    for (const position of [1, 2, 3]) await db.write((tx) => tx.run(put, `f${position}`, position));
    expect(await db.aside.all(among, [1, 3, 5])).toEqual([{ position: 1 }, { position: 3 }]);
    expect(await db.aside.get(among, [2])).toEqual({ position: 2 });
    expect(await db.aside.get(among, [5])).toBeUndefined();
    const many = await Promise.all(Array.from({ length: 100 }, () => db.aside.all(among, [1, 2, 3])));
    expect(many.every((rows) => rows.length === 3)).toBe(true);
  });

  it('fail alone', async () => {
    const db = await databases.open();
    await expect(db.aside.all(broken)).rejects.toThrow(/nowhere/);
    expect(await db.aside.all(among, [1])).toEqual([]);
  });
});

it('nobody waits for ever for a thread that is gone, nor without end for one that is busy', async () => {
  const aside = new SqliteAside('/nowhere/at/all.db');
  await expect(aside.all(among, [1])).rejects.toThrow();
  const answers = Promise.allSettled(Array.from({ length: 300 }, () => aside.all(among, [1])));
  expect((await answers).every(({ status }) => status === 'rejected')).toBe(true);
  await aside.close();
  await expect(aside.all(among, [1])).rejects.toMatchObject({ kind: 'unavailable' });
});

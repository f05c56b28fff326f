import { expect, it } from 'vitest';
import { describeEachDatabase } from '../support/databases.js';

describeEachDatabase('positions', (databases) => {
  it('are given in order, and become visible with the commit', async () => {
    const db = await databases.open();
    const start = db.position();
    const given = await Promise.all(
      [1, 2, 3].map(() => db.write(async (tx) => ({ position: tx.position(), visible: db.position() }))),
    );
    expect(given.map(({ position }) => position - start)).toEqual([1, 2, 3]);
    expect(given.map(({ visible }) => visible)).toEqual([start, start, start]);
    expect(db.position()).toBe(start + 3);
  });

  it('of an undone transaction are never given again', async () => {
    const db = await databases.open();
    const lost: number[] = [];
    const failed = db.write(async (tx) => {
      lost.push(tx.position());
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    const next = await db.write(async (tx) => tx.position());
    expect(next).toBeGreaterThan(lost[0] ?? 0);
  });

  it('are never given twice over many restarts', async () => {
    const config = await databases.create();
    let last = 0;
    for (const count of [1, 1500, 1, 999, 2]) {
      const db = await databases.open(config);
      expect(db.position()).toBeGreaterThanOrEqual(last);
      const given = await db.write(async (tx) => Array.from({ length: count }, () => tx.position()));
      expect(given[0]).toBeGreaterThan(last);
      last = given.at(-1) ?? last;
      await db.close();
    }
  });

  it('are reserved rarely, so that taking one costs no statement', async () => {
    const db = await databases.open();
    const start = db.position();
    for (let i = 0; i < 5; i += 1) await db.write(async (tx) => tx.position());
    expect(db.position()).toBe(start + 5);
  });
});

describeEachDatabase('news', (databases) => {
  it('wakes who watches a topic, once committed, at the last position of the transaction', async () => {
    const db = await databases.open();
    const seen: number[] = [];
    const stop = db.news.watch(['room:!a', 'user:@b'], () => seen.push(db.position()));
    await db.write(async (tx) => {
      tx.announce('room:!a');
      tx.position();
      tx.position();
      tx.announce('user:@b');
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([db.position()]);
    stop();
    await db.write(async (tx) => tx.announce('room:!a'));
    expect(seen).toHaveLength(1);
  });

  it('takes a position for a transaction that announces without one', async () => {
    const db = await databases.open();
    const before = db.position();
    await db.write(async (tx) => tx.announce('room:!a'));
    expect(db.position()).toBe(before + 1);
    expect(db.news.mayHaveChangedSince('room:!a', before)).toBe(true);
    expect(db.news.mayHaveChangedSince('room:!a', db.position())).toBe(false);
    expect(db.news.mayHaveChangedSince('room:!other', before)).toBe(false);
  });

  it('says nothing of an undone transaction', async () => {
    const db = await databases.open();
    const before = db.position();
    const failed = db.write(async (tx) => {
      tx.announce('room:!a');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await db.write(async (tx) => tx.announce('room:!b'));
    expect(db.news.mayHaveChangedSince('room:!a', before)).toBe(false);
  });

  it('knows nothing of the time before the start', async () => {
    const config = await databases.create();
    const first = await databases.open(config);
    await first.write(async (tx) => tx.announce('room:!a'));
    const token = first.position() - 1;
    await first.close();
    const db = await databases.open(config);
    expect(db.news.mayHaveChangedSince('room:!a', token)).toBe(true);
  });
});

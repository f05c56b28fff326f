import { expect, it } from 'vitest';
import { type BatchFollowerOptions, batchFollower } from '../../src-main/storage/batch-follower.js';
import { BookmarkStore } from '../../src-main/storage/bookmarks.js';
import type { Database } from '../../src-main/storage/database.js';
import { createStream, type WritableStream } from '../../src-main/storage/stream.js';
import { describeEachDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';

const append = (db: Database, stream: WritableStream<string>, ...names: string[]) =>
  Promise.all(names.map((name) => db.write((tx) => stream.append(tx, name))));

/** A follower that runs in the test, keeps the batches that it was given, and writes nothing but its place. */
function start(db: Database, stream: WritableStream<string>, options: Partial<BatchFollowerOptions<string>> = {}) {
  const batches: string[][] = [];
  const stopping = new AbortController();
  const clock = new FakeClock();
  const job = batchFollower<string>({
    name: 'indexer',
    stream,
    db,
    clock,
    gather: 100,
    async prepare(changes) {
      batches.push(changes.map(({ change }) => change));
      return async () => undefined;
    },
    ...options,
  });
  const ended = job.run(stopping.signal);
  ended.catch(() => undefined);
  return {
    batches,
    clock,
    ended,
    async stop() {
      stopping.abort(new Error('stop'));
      await ended;
    },
  };
}

const placeOf = (db: Database) => new BookmarkStore().find(db, 'indexer');

describeEachDatabase('a batch follower', (databases) => {
  it('handles what is there at once, and what comes later together', async () => {
    const db = await databases.open();
    const stream = createStream<string>(db, 'colours');
    await append(db, stream, 'red', 'green');
    const running = start(db, stream);
    await expect.poll(() => running.batches).toEqual([['red', 'green']]);
    await append(db, stream, 'blue');
    await append(db, stream, 'black');
    await expect
      .poll(() => {
        running.clock.advance(100);
        return running.batches.flat();
      })
      .toEqual(['red', 'green', 'blue', 'black']);
    await running.stop();
  });

  it('goes on where it stopped, and hands nothing over twice', async () => {
    const db = await databases.open();
    const stream = createStream<string>(db, 'colours');
    await append(db, stream, 'red');
    const first = start(db, stream);
    await expect.poll(() => first.batches).toEqual([['red']]);
    await first.stop();
    const last = await append(db, stream, 'green');
    const second = start(db, stream);
    await expect.poll(() => second.batches).toEqual([['green']]);
    await second.stop();
    expect(await placeOf(db)).toBe(last[0]);
  });

  it('keeps its place only together with what was written', async () => {
    const db = await databases.open();
    const stream = createStream<string>(db, 'colours');
    await append(db, stream, 'red');
    const failing = start(db, stream, {
      prepare: async () => async () => {
        throw new Error('no');
      },
    });
    await expect(failing.ended).rejects.toThrow('no');
    expect(await placeOf(db)).toBeUndefined();
    const again = start(db, stream);
    await expect.poll(() => again.batches).toEqual([['red']]);
    await again.stop();
  });

  it('writes no place for each change that changes nothing, but one at the end', async () => {
    const db = await databases.open();
    const stream = createStream<string>(db, 'colours');
    const [red] = await append(db, stream, 'red');
    const seen: number[] = [];
    const idle = start(db, stream, {
      async prepare(changes) {
        seen.push(changes.length);
        return undefined;
      },
    });
    await expect.poll(() => seen).toEqual([1]);
    expect(await placeOf(db)).toBeUndefined();
    await idle.stop();
    expect(await placeOf(db)).toBe(red);
  });
});

import { expect, it, vi } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import type { Database } from '../../src-main/storage/database.js';
import { type FollowerOptions, follower } from '../../src-main/storage/follower.js';
import { createStream, type WritableStream } from '../../src-main/storage/stream.js';
import { describeEachDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';

interface Colour {
  readonly name: string;
}

const append = (db: Database, stream: WritableStream<Colour>, ...names: string[]) =>
  Promise.all(names.map((name) => db.write((tx) => stream.append(tx, { name }))));

/** A follower that runs in the test and keeps what it was given. */
function start(db: Database, stream: WritableStream<Colour>, options: Partial<FollowerOptions<Colour>> = {}) {
  const seen: string[] = [];
  const stopping = new AbortController();
  const job = follower<Colour>({
    name: 'painter',
    stream,
    db,
    clock: new FakeClock(),
    log: silentLogger,
    handle: async ({ name }) => void seen.push(name),
    ...options,
  });
  const ended = job.run(stopping.signal);
  ended.catch(() => undefined);
  return {
    seen,
    ended,
    async stop() {
      stopping.abort(new Error('stop'));
      await ended;
    },
  };
}

const handled = (seen: readonly string[], ...names: string[]) => expect.poll(() => seen).toEqual(names);

describeEachDatabase('a stream', (databases) => {
  it('gives changes in order, after a position and up to a limit', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const [red, green] = await append(db, stream, 'red', 'green', 'blue');
    expect(await stream.after(0, 2)).toEqual([
      { position: red, change: { name: 'red' } },
      { position: green, change: { name: 'green' } },
    ]);
    expect((await stream.after(green ?? 0, 10)).map(({ change }) => change.name)).toEqual(['blue']);
  });

  it('keeps apart from other streams', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const other = createStream<Colour>(db, 'shades');
    await append(db, stream, 'red');
    await append(db, other, 'dark');
    expect((await other.after(0, 10)).map(({ change }) => change.name)).toEqual(['dark']);
  });

  it('has no change of a transaction that was undone', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const failed = db.write(async (tx) => {
      await stream.append(tx, { name: 'red' });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await stream.after(0, 10)).toEqual([]);
  });
});

describeEachDatabase('a follower', (databases) => {
  it('handles what was there before it started, and what comes later, in order', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    await append(db, stream, 'red', 'green');
    const painter = start(db, stream);
    await handled(painter.seen, 'red', 'green');
    await append(db, stream, 'blue');
    await handled(painter.seen, 'red', 'green', 'blue');
    await painter.stop();
  });

  it('goes on where it stopped', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    await append(db, stream, 'red');
    const first = start(db, stream);
    await handled(first.seen, 'red');
    await first.stop();
    await append(db, stream, 'green');
    const second = start(db, stream);
    await handled(second.seen, 'green');
    await second.stop();
  });

  it('comes back to a change that failed, and not to those before it', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    await append(db, stream, 'red', 'green', 'blue');
    const first = start(db, stream, {
      handle: async ({ name }) => {
        if (name === 'green') throw new Error('no green today');
      },
    });
    await expect(first.ended).rejects.toThrow('no green today');
    const second = start(db, stream);
    await handled(second.seen, 'green', 'blue');
    await second.stop();
  });

  it('handles again what a crash made it forget, and loses nothing', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const crashed = start(db, stream); // never stops: its place is not stored
    await append(db, stream, 'red', 'green');
    await handled(crashed.seen, 'red', 'green');
    const again = start(db, stream);
    await handled(again.seen, 'red', 'green');
    await Promise.all([again.stop(), crashed.stop()]);
  });

  it('stores its place a moment after it has become quiet', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const clock = new FakeClock();
    const running = start(db, stream, { clock });
    await append(db, stream, 'red');
    await handled(running.seen, 'red');
    await expect.poll(() => clock.sleeping).toBe(1);
    clock.advance(1000);
    const after = async () => {
      const next = start(db, stream);
      await append(db, stream, 'x');
      await expect.poll(() => next.seen).toContain('x');
      await next.stop();
      return next.seen.includes('red');
    };
    await expect.poll(after).toBe(false);
    await running.stop();
  });

  it('can begin with what comes from now on', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    await append(db, stream, 'red');
    const painter = start(db, stream, { from: 'now' });
    await append(db, stream, 'green');
    await expect.poll(() => painter.seen).toContain('green');
    await painter.stop();
  });

  it('hands a change on only when it is on disk', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const { promise, resolve } = Promise.withResolvers<void>();
    const durable = vi.spyOn(db, 'durable').mockReturnValue(promise);
    const painter = start(db, stream);
    await append(db, stream, 'red');
    await expect.poll(() => durable.mock.calls.length).toBeGreaterThan(0);
    expect(painter.seen).toEqual([]);
    resolve();
    await handled(painter.seen, 'red');
    await painter.stop();
  });

  it('stops at once, also between two changes', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    await append(db, stream, 'red', 'green');
    const seen: string[] = [];
    const parts: { stop?: () => Promise<void> } = {};
    const painter = start(db, stream, {
      handle: async ({ name }) => {
        seen.push(name);
        void parts.stop?.();
      },
    });
    parts.stop = painter.stop;
    await painter.ended;
    expect(seen).toEqual(['red']);
  });
});

describeEachDatabase('the record of a stream', (databases) => {
  const MANY = 1200;
  const names = Array.from({ length: MANY }, (_, index) => `colour ${index}`);

  it('is forgotten once every follower has handled it', async () => {
    const db = await databases.open();
    const stream = createStream<Colour>(db, 'colours');
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const slow = start(db, stream, { name: 'slow', handle: () => gate });
    const quick = start(db, stream, { name: 'quick' });
    await append(db, stream, ...names);
    await expect.poll(() => quick.seen.length, { timeout: 20_000 }).toBe(MANY);
    expect(await stream.after(0, MANY)).toHaveLength(MANY);
    open();
    await expect.poll(() => stream.after(0, MANY), { timeout: 20_000 }).not.toHaveLength(MANY);
    await Promise.all([slow.stop(), quick.stop()]);
  });
});

import { expect, it, vi } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import type { Database, Transaction } from '../../src-main/storage/database.js';
import { describeEachDatabase } from '../support/databases.js';
import {
  addNote,
  addText,
  addWhole,
  allNotes,
  byIds,
  byTexts,
  countNotes,
  likeText,
  noteById,
  noteByText,
  notTexts,
  putNote,
  testMigrations,
  textsInOrder,
} from './tables.js';

const ids = async (db: Database) => (await db.all(allNotes)).map(({ id }) => id);
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'kept',
    (error: Error) => error.message,
  );

describeEachDatabase('a database', (databases) => {
  const open = (limits = {}) => databases.open(undefined, { migrations: testMigrations, limits });

  it('shows what is written once the write resolves', async () => {
    const db = await open();
    await db.write((tx) => tx.run(addNote, 1, 'one'));
    expect(await db.get(noteById, 1)).toEqual({ id: 1, text: 'one', number: null, bytes: null });
  });

  it('gives nothing for a row that is not there', async () => {
    const db = await open();
    expect(await db.get(noteById, 1)).toBeUndefined();
    expect(await db.all(allNotes)).toEqual([]);
  });

  it('hides what is written until it is committed', async () => {
    const db = await open();
    const before = await db.write(async (tx) => {
      await tx.run(addNote, 1, 'one');
      return { outside: await db.get(noteById, 1), inside: await tx.get(noteById, 1) };
    });
    expect(before).toMatchObject({ outside: undefined, inside: { id: 1 } });
  });

  it('passes on what the work returns, and what it throws', async () => {
    const db = await open();
    expect(await db.write(async () => 'value')).toBe('value');
    await expect(db.write(() => Promise.reject(new TypeError('mine')))).rejects.toThrow(new TypeError('mine'));
  });

  it('undoes a transaction that throws', async () => {
    const db = await open();
    const failed = db.write(async (tx) => {
      await tx.run(addNote, 1, 'one');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await ids(db)).toEqual([]);
  });

  it('undoes one among many that are committed together, and only that one', async () => {
    const db = await open();
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((id) =>
        outcome(
          db.write(async (tx) => {
            await tx.run(addNote, id, `note ${id}`);
            if (id % 2 === 1) throw new Error('no');
          }),
        ),
      ),
    );
    expect(outcomes).toEqual(['no', 'kept', 'no', 'kept', 'no', 'kept']);
    expect(await ids(db)).toEqual([2, 4, 6]);
  });

  it('undoes a transaction in which a statement failed, even when the work goes on', async () => {
    const db = await open();
    const results = await Promise.all([
      outcome(db.write((tx) => tx.run(addNote, 1, 'one'))),
      outcome(
        db.write(async (tx) => {
          await tx.run(addNote, 2, 'two');
          await tx.run(addNote, 1, 'again').catch(() => undefined);
          await tx.run(addNote, 3, 'three').catch(() => undefined);
        }),
      ),
      outcome(db.write((tx) => tx.run(addNote, 4, 'four'))),
    ]);
    expect(results).toEqual(['kept', expect.stringMatching(/unique/i), 'kept']);
    expect(await ids(db)).toEqual([1, 4]);
  });

  it('runs transactions one at a time, in the order given', async () => {
    const db = await open();
    const log: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map((name, id) =>
        db.write(async (tx) => {
          log.push(`${name} begins`);
          await tx.run(addNote, id, name);
          await tx.get(noteById, id);
          log.push(`${name} ends`);
        }),
      ),
    );
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets a transaction see what those before it wrote', async () => {
    const db = await open();
    const [, seen] = await Promise.all([
      db.write((tx) => tx.run(addNote, 1, 'one')),
      db.write((tx) => tx.get(noteByText, 'one')),
    ]);
    expect(seen).toMatchObject({ id: 1 });
  });

  it('commits many more transactions than one batch holds', async () => {
    const db = await open();
    await Promise.all(Array.from({ length: 500 }, (_, id) => db.write((tx) => tx.run(addNote, id, `note ${id}`))));
    expect(await db.get(countNotes)).toEqual({ count: 500, total: (499 * 500) / 2 });
  });

  it('refuses to write outside a transaction', async () => {
    const db = await open();
    await expect(db.get(addText, 'a')).rejects.toThrow(/transaction/);
    expect(await ids(db)).toEqual([]);
  });

  it('takes several statements of a transaction at once, in their order', async () => {
    const db = await open();
    const found = await db.write(async (tx) => {
      const [, row] = await Promise.all([tx.run(addNote, 1, 'one'), tx.get(noteById, 1), tx.run(addNote, 2, 'two')]);
      return row;
    });
    expect(found).toMatchObject({ text: 'one' });
    expect(await ids(db)).toEqual([1, 2]);
  });

  it('says how many rows a statement changed', async () => {
    const db = await open();
    expect(await db.write((tx) => tx.run(addNote, 1, 'one'))).toBe(1);
  });

  it('numbers rows of a table with an integer key by itself', async () => {
    const db = await open();
    const rows = await db.write(async (tx) => [await tx.get(addText, 'a'), await tx.get(addText, 'b')]);
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it.each([
    { which: 'that are new', statement: addNote, texts: ['a', 'b'], expected: [0, 1] },
    { which: 'that come twice', statement: putNote, texts: ['a', 'b', 'c'], expected: [0, 1] },
    { which: 'of which there are none', statement: addNote, texts: [], expected: [] },
  ])('runs a statement for many rows $which', async ({ statement, texts, expected }) => {
    const db = await open();
    const rows = texts.map((text, index): [number, string] => [index % 2, text]);
    await db.write((tx) => tx.runMany(statement, rows));
    expect(await ids(db)).toEqual(expected);
  });

  it('runs a statement for thousands of rows', async () => {
    const db = await open();
    const rows = Array.from({ length: 3210 }, (_, id): [number, string] => [id, `note ${id}`]);
    await db.write((tx) => tx.runMany(addNote, rows));
    expect(await db.get(countNotes)).toMatchObject({ count: 3210 });
  });

  it('keeps text, numbers and bytes as they were', async () => {
    const db = await open();
    const text = 'zażółć 🐍 \u0000 \u0001 \u0001\u0002 \'"\\ end';
    await db.write((tx) => tx.run(addWhole, Number.MAX_SAFE_INTEGER, text, 0.1, new Uint8Array([0, 1, 255])));
    const row = await db.get(noteByText, text);
    expect(row).toEqual({ id: Number.MAX_SAFE_INTEGER, text, number: 0.1, bytes: Buffer.from([0, 1, 255]) });
  });

  it('replaces halves of characters, which cannot be stored', async () => {
    const db = await open();
    await db.write((tx) => tx.run(addNote, 1, 'a\ud800b'));
    expect(await db.get(noteById, 1)).toMatchObject({ text: 'a\ufffdb' });
    expect(await db.all(byTexts, ['a\ud800b'])).toEqual([{ id: 1 }]);
  });

  it('takes lists of texts and of numbers', async () => {
    const db = await open();
    const texts = ['a', 'b"\\{},', 'c\u0000', 'd'];
    await db.write((tx) =>
      tx.runMany(
        addNote,
        texts.map((text, id) => [id, text]),
      ),
    );
    expect(await db.all(byTexts, ['c\u0000', 'b"\\{},', 'e'])).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await db.all(byIds, [3, 0, 99])).toEqual([{ id: 0 }, { id: 3 }]);
    expect(await db.all(notTexts, ['a', 'd'], 2)).toEqual([{ id: 1 }]);
    expect(await db.all(byIds, [])).toEqual([]);
    expect(await db.all(byTexts, [])).toEqual([]);
  });

  it('orders text by its bytes', async () => {
    const db = await open();
    const sorted = [
      '',
      '\u0000',
      '\u0000z',
      '\u0001',
      '\u0002',
      ' ',
      '!b',
      '@a',
      'A',
      'B',
      'Z',
      '_',
      'a',
      'b',
      'ä',
      'ﬀ',
      '😀',
    ];
    await db.write((tx) =>
      tx.runMany(
        addNote,
        sorted.toReversed().map((text, id) => [id, text]),
      ),
    );
    expect((await db.all(textsInOrder)).map(({ text }) => text)).toEqual(sorted);
  });

  it('heeds the case of letters in patterns', async () => {
    const db = await open();
    await db.write((tx) =>
      tx.runMany(addNote, [
        [1, 'Abc'],
        [2, 'abc'],
        [3, 'a%c'],
      ]),
    );
    expect(await db.all(likeText, 'a%')).toEqual([{ id: 2 }, { id: 3 }]);
    expect(await db.all(likeText, 'a!%%')).toEqual([{ id: 3 }]);
  });

  it('refuses statements after the transaction has ended', async () => {
    const db = await open();
    const escaped: Transaction[] = [];
    await db.write(async (tx) => escaped.push(tx));
    const [tx] = escaped;
    await expect(tx?.run(addNote, 1, 'one')).rejects.toThrow('has ended');
    expect(() => tx?.position()).toThrow('has ended');
  });

  it('gives up a transaction that awaits another one, and goes on with the rest', async () => {
    const db = await open({ stuckAfter: 100 });
    const inner: Promise<unknown>[] = [];
    const outer = db.write(async (tx) => {
      await tx.run(addNote, 1, 'one');
      inner.push(db.write((other) => other.run(addNote, 2, 'two')));
      await inner[0];
    });
    await expect(outer).rejects.toThrow('made no progress');
    await inner[0];
    expect(await ids(db)).toEqual([2]);
  });

  it('resolves durable() when there is nothing to wait for', async () => {
    const db = await open();
    await db.durable();
    await db.write((tx) => tx.run(addNote, 1, 'one'));
    await db.durable();
  });

  it('refuses writes once it is closed, after finishing those given before', async () => {
    const config = await databases.create();
    const db = await databases.open(config, { migrations: testMigrations });
    const given = [1, 2, 3].map((id) => db.write((tx) => tx.run(addNote, id, `note ${id}`)));
    await db.close();
    await Promise.all(given);
    await expect(db.write((tx) => tx.run(addNote, 4, 'four'))).rejects.toMatchObject({
      name: 'StorageError',
      kind: 'unavailable',
    });
    const again = await databases.open(config, { migrations: testMigrations });
    expect(await ids(again)).toEqual([1, 2, 3]);
  });

  it('keeps a second server out', async () => {
    const config = await databases.create();
    const db = await databases.open(config);
    await expect(databases.open(config)).rejects.toMatchObject({ kind: 'refused', message: /^Another Hearth/ });
    await db.close();
    await databases.open(config);
  });

  it('calls back after a commit, and after an undoing', async () => {
    const db = await open();
    const calls: string[] = [];
    const write = (name: string, fails: boolean) =>
      outcome(
        db.write(async (tx) => {
          tx.afterCommit(() => calls.push(`${name} committed at ${db.position()}`));
          tx.afterUndo(() => calls.push(`${name} undone`));
          tx.position();
          if (fails) throw new Error('no');
        }),
      );
    await Promise.all([write('a', false), write('b', true), write('c', false)]);
    expect(calls).toEqual(['b undone', 'a committed at 3', 'c committed at 3']);
  });

  it('survives a callback that throws', async () => {
    const error = vi.fn();
    const db = await databases.open(undefined, { migrations: testMigrations, log: { ...silentLogger, error } });
    await db.write(async (tx) => {
      tx.afterCommit(() => {
        throw new Error('a bad callback');
      });
      await tx.run(addNote, 1, 'one');
    });
    expect(await ids(db)).toEqual([1]);
    expect(error).toHaveBeenCalledOnce();
  });
});

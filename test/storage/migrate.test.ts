import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { statement } from '../../src-main/storage/database.js';
import { claimServerName, type Migration } from '../../src-main/storage/migrate.js';
import { migrations } from '../../src-main/storage/migrations/index.js';
import { describeEachDatabase } from '../support/databases.js';

const things: Migration = {
  version: 9001,
  name: 'things',
  sql: ['CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, name TEXT)'],
};
const rename: Migration = {
  version: 9002,
  name: 'rename',
  sql: ["UPDATE things SET name = 'renamed'"],
  rewritesData: true,
};
const broken: Migration = {
  version: 9003,
  name: 'broken',
  sql: ["INSERT INTO things (id, name) VALUES (9, 'half')", 'INSERT INTO nowhere (id) VALUES (1)'],
};
const index: Migration = {
  version: 9004,
  name: 'index',
  sql: ['CREATE INDEX things_name ON things (name)'],
  olderMayUse: true,
};

const add = statement<[number, string]>('INSERT INTO things (id, name) VALUES (?, ?)');
const all = statement<[], { id: number; name: string }>('SELECT id, name FROM things');

describeEachDatabase('migrations', (databases) => {
  it('run once each, in the order of their versions', async () => {
    const config = await databases.create();
    const first = await databases.open(config, { migrations: [...migrations, things] });
    await first.write((tx) => tx.run(add, 1, 'one'));
    await first.close();
    const second = await databases.open(config, { migrations: [rename, things, ...migrations] });
    expect(await second.all(all)).toEqual([{ id: 1, name: 'renamed' }]);
    await second.close();
    const third = await databases.open(config, { migrations: [rename, things, ...migrations] });
    expect(await third.all(all)).toEqual([{ id: 1, name: 'renamed' }]);
  });

  it('leave no half of one that fails', async () => {
    const config = await databases.create();
    await (await databases.open(config, { migrations: [...migrations, things] })).close();
    const failing = databases.open(config, { migrations: [...migrations, things, broken] });
    await expect(failing).rejects.toThrow('broken failed');
    const db = await databases.open(config, { migrations: [...migrations, things] });
    expect(await db.all(all)).toEqual([]);
  });

  it.each([
    ['Synapse', 'schema_version', /made by Synapse/],
    ['another program', 'customers', /made by another program/],
  ])('refuse a database of %s and leave it as it is', async (_case, table, expected) => {
    const config = await databases.create();
    const sql = [`CREATE TABLE ${table} (a INTEGER)`];
    const db = await databases.open(config, {
      migrations: [...migrations, { version: 9001, name: 'foreign', sql }],
    });
    await db.write((tx) => tx.run(statement('DROP TABLE migrations')));
    await db.close();
    for (const _attempt of [1, 2]) {
      await expect(databases.open(config, { migrations })).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringMatching(expected),
      });
    }
  });

  it('refuse a database that a newer version has changed', async () => {
    const config = await databases.create();
    await (await databases.open(config, { migrations: [...migrations, things] })).close();
    await expect(databases.open(config, { migrations })).rejects.toMatchObject({
      kind: 'refused',
      message: /newer version of Hearth.*\(things\).*backup/,
    });
  });

  it('take a database that a newer version has changed in ways that do not matter', async () => {
    const config = await databases.create();
    await (await databases.open(config, { migrations: [...migrations, things, index] })).close();
    await databases.open(config, { migrations: [...migrations, things] });
  });

  it.runIf(databases.engine === 'sqlite')('copy the file before they rewrite data', async () => {
    const config = await databases.create();
    const first = await databases.open(config, { migrations: [...migrations, things] });
    await first.write((tx) => tx.run(add, 1, 'one'));
    await first.close();
    await (await databases.open(config, { migrations: [...migrations, things, rename] })).close();
    if (config.engine !== 'sqlite') return;
    const copy = `${config.path}.before-rename`;
    expect(existsSync(copy)).toBe(true);
    const db = await databases.open({ ...config, path: copy }, { migrations: [...migrations, things] });
    expect(await db.all(all)).toEqual([{ id: 1, name: 'one' }]);
  });
});

describeEachDatabase('the server name', (databases) => {
  it('is kept, and another is refused', async () => {
    const config = await databases.create();
    const first = await databases.open(config);
    await claimServerName(first, 'one.test');
    await first.close();
    const db = await databases.open(config);
    await claimServerName(db, 'one.test');
    await expect(claimServerName(db, 'two.test')).rejects.toMatchObject({
      kind: 'refused',
      message: /belongs to the server "one.test".*says server_name "two.test"/,
    });
  });
});

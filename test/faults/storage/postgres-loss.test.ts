import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DatabaseConfig } from '../../../src-main/config/config.js';
import { statement } from '../../../src-main/storage/database.js';
import { postgresDatabases } from '../../support/databases.js';
import { administer } from '../../support/new-database.js';
import { whyNoPostgres } from '../../support/postgres-server.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const keys = statement<[], { key: string }>("SELECT key FROM meta WHERE key LIKE 'key %' ORDER BY key");

const unavailable = { name: 'StorageError', kind: 'unavailable' };

const cutAll = (config: DatabaseConfig) =>
  config.engine === 'postgres'
    ? administer(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${config.connection.database}'`,
      )
    : undefined;

describe.skipIf(whyNoPostgres() !== undefined)('a lost connection to PostgreSQL', () => {
  const databases = postgresDatabases();
  const open = async () => {
    const config = await databases.create();
    const db = await databases.open(config);
    return { config, db, found: async () => (await db.all(keys)).map(({ key }) => key) };
  };

  it('is made again when nothing was under way', async () => {
    const { config, db, found } = await open();
    await db.write((tx) => tx.run(put, 'key 1', ''));
    await cutAll(config);
    await expect.poll(() => db.write((tx) => tx.run(put, 'key 2', '')).catch(() => 0)).toBe(1);
    await expect.poll(() => found().catch(() => [])).toEqual(['key 1', 'key 2']);
  });

  it('undoes what was under way, and says so to all of the batch', async () => {
    const { config, db, found } = await open();
    const results = await Promise.allSettled([
      db.write((tx) => tx.run(put, 'key 1', '')),
      db.write(async (tx) => {
        await tx.run(put, 'key 2', '');
        await cutAll(config);
        await tx.run(put, 'key 3', '');
      }),
    ]);
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: unavailable });
    await expect.poll(() => db.write((tx) => tx.run(put, 'key 4', '')).catch(() => 0)).toBe(1);
    await expect.poll(() => found().catch(() => [])).toEqual(['key 4']);
  });

  it('leaves no position that is given twice, and nothing that is known of changes', async () => {
    const { config, db } = await open();
    const before = await db.write(async (tx) => tx.position());
    await cutAll(config);
    const write = () => db.write(async (tx) => tx.position()).catch(() => 0);
    await expect.poll(write).toBeGreaterThan(before);
    expect(db.news.mayHaveChangedSince('room:!a', before - 1)).toBe(true);
  });

  it.each([
    { where: 'on its way there', lose: 'question', kept: false },
    { where: 'and only its answer', lose: 'answer', kept: true },
  ] as const)('learns the outcome of a commit that was lost $where', async ({ lose, kept }) => {
    const config = await databases.create();
    if (config.engine !== 'postgres') return;
    await using wire = await fragileWire(Number(config.connection.port));
    const through = { ...config, connection: { ...config.connection, port: wire.port } };
    const db = await databases.open(through);
    await db.write((tx) => tx.run(put, 'key 1', ''));
    wire.loseCommit(lose);
    const outcome = db
      .write((tx) => tx.run(put, 'key 2', ''))
      .then(
        () => true,
        () => false,
      );
    expect(await outcome).toBe(kept);
    expect((await db.all(keys)).length).toBe(kept ? 2 : 1);
  });
});

/** A wire to PostgreSQL that breaks at the next COMMIT: before it arrives, or before its answer does. */
async function fragileWire(target: number) {
  let losing: 'question' | 'answer' | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(target, '127.0.0.1');
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', cut);
    }
    let isCommitting = false;
    near.on('data', (chunk) => {
      if (losing && chunk.includes('COMMIT')) {
        isCommitting = losing === 'answer';
        losing = undefined;
        if (!isCommitting) return cut();
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => (isCommitting ? cut() : near.write(chunk)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    loseCommit(what: 'question' | 'answer') {
      losing = what;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import BetterSqlite3 from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import type { TestHomeserver } from '../../support/homeserver.js';
import { roomPath, segment } from '../rooms/shared-homeserver.js';

/** Every statement that a database was asked for, with the database. */
const asked = new Map<string, BetterSqlite3.Database>();
const prepare = BetterSqlite3.prototype.prepare;
BetterSqlite3.prototype.prepare = function (this: BetterSqlite3.Database, sql: string) {
  asked.set(sql, this);
  return prepare.call(this, sql);
} as typeof prepare;

/** Tables of events that grow without end: a statement that reads all of one gets slower every day. */
const TABLES = `events outgoing_events auth_edges gaps redactions relations names state_keys state_deltas state_snapshots
  state_changes state_after current_state memberships membership_changes room_servers stripped_state`;
const GROWING = new RegExp(`\\b(?:${TABLES.split(/\s+/).join('|')})\\b`);

/** The tables and aliases of growing tables that the engine means to read whole for this statement. */
function scanned(sql: string, db: BetterSqlite3.Database): string[] {
  const values = Array.from({ length: sql.match(/\?/g)?.length ?? 0 }, () => '[1]');
  const explain: BetterSqlite3.Statement<string[]> = prepare.call(db, `EXPLAIN QUERY PLAN ${sql}`);
  const plan = explain.all(...values) as { detail: string }[];
  return plan.flatMap(({ detail }) => {
    const name = /^SCAN (\w+)(?! VIRTUAL)(?:$| USING)/.exec(detail)?.[1];
    if (name === undefined) return detail.includes('AUTOMATIC') ? [detail] : [];
    const table = new RegExp(`\\b(\\w+) (?:AS )?${name}\\b`).exec(sql)?.[1] ?? name;
    return GROWING.test(name) || GROWING.test(table) ? [detail] : [];
  });
}

/** Most of what people do in rooms. */
async function live(one: TestHomeserver): Promise<void> {
  const [alice, bob] = [await one.register('alice'), await one.register('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', visibility: 'public', name: 'Kitchen' });
  await bob.join(roomId);
  const root = await alice.say(roomId, 'root');
  const relate = (rel_type: string, more: object = {}) => ({
    'm.relates_to': { rel_type, event_id: root, ...more },
    msgtype: 'm.text',
    body: 'x',
  });
  await bob.send(roomId, 'm.room.message', relate('m.thread'));
  await bob.send(roomId, 'm.reaction', relate('m.annotation', { key: '👍' }));
  await bob.sync();
  for (const dir of ['b', 'f']) await alice.messages(roomId, { dir });
  await alice.context(roomId, root);
  for (const rest of ['state', 'members', 'joined_members', 'aliases']) await alice.ok('GET', roomPath(roomId, rest));
  await alice.ok('GET', '/publicRooms');
  for (const query of [{}, { dir: 'f' }, { recurse: true }]) {
    const path = `/_matrix/client/v1${roomPath(roomId, `relations/${segment(root)}`)}`;
    await alice.ok('GET', path, { query });
  }
  await bob.receipt(roomId, root);
  await alice.redact(roomId, root);
  await bob.sync();
  await bob.leave(roomId);
  await bob.messages(roomId);
  await bob.state(roomId);
  await bob.forget(roomId);
  await bob.sync();
}

it('reads no growing table whole, whatever people do in rooms', async () => {
  const { startHomeserver } = await import('../../support/homeserver.js');
  vi.stubEnv('HEARTH_TEST_DATABASE', 'sqlite'); // it is SQLite that says its plans so
  await using one = await startHomeserver();
  await live(one);
  const reading = [...asked].filter(([sql]) => /^\s*(SELECT|WITH|UPDATE|DELETE)\b/.test(sql));
  expect(reading.length).toBeGreaterThan(40);
  const whole = reading.flatMap(([sql, db]) => scanned(sql, db).map((detail) => `${detail}: ${sql.trim()}`));
  expect(whole).toEqual([]);
});

import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import { statement } from '../../../src-main/storage/database.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { mountSmallDisk } from '../../support/small-disk.js';
import type { TestReply, TestUser } from '../../support/test-client.js';

const pageCount = statement<[], { page_count: number }>('PRAGMA page_count');
const pageLimit = (pages: number) => statement<[], unknown>(`PRAGMA max_page_count = ${pages}`);

const segment = encodeURIComponent;
const full = {
  status: 507,
  body: { errcode: 'M_UNKNOWN', error: 'the disk of this server is full; nothing was stored' },
};

interface Sent {
  readonly txnId: string;
  readonly reply: TestReply;
}

const sendLong = async (user: TestUser, roomId: RoomId, txnId: string): Promise<Sent> => {
  const path = `/rooms/${segment(roomId)}/send/m.room.message/${segment(txnId)}`;
  return { txnId, reply: await user.put(path, { msgtype: 'm.text', body: `${txnId} ${'x'.repeat(20_000)}` }) };
};

/** Messages of many senders at once, until some are refused. */
async function sendUntilFull(user: TestUser, roomId: RoomId): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let round = 0; round < 100 && !sent.some(({ reply }) => reply.status !== 200); round += 1) {
    sent.push(...(await Promise.all([0, 1, 2, 3].map((n) => sendLong(user, roomId, `${round}.${n}`)))));
  }
  return sent;
}

/** What the room holds: event id by what the message begins with. @throws when one is there twice */
async function held(user: TestUser, roomId: RoomId): Promise<Map<string, EventId>> {
  const found: [string, EventId][] = [];
  for (let from: string | undefined, isFirst = true; isFirst || from !== undefined; isFirst = false) {
    const page = await user.messages(roomId, { dir: 'f', limit: 100, from });
    for (const { content, event_id } of page.chunk) {
      if (content.body) found.push([String(content.body).split(' ')[0] ?? '', event_id]);
    }
    from = page.end;
  }
  const byText = new Map(found);
  expect(byText.size).toBe(found.length);
  return byText;
}

const sentIds = (list: readonly Sent[]) => list.map(({ txnId, reply }) => [txnId, reply.body.event_id] as const);

/** Fills the disk of a server with two people, lets it have space again, and looks for what was acknowledged. */
async function outlast(server: TestHomeserver, makeRoom: () => Promise<unknown>): Promise<void> {
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await bob.sync();

  const sent = await sendUntilFull(alice, roomId);
  const refused = sent.filter(({ reply }) => reply.status !== 200);
  const acknowledged = sent.filter(({ reply }) => reply.status === 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const { reply } of refused) expect(reply).toEqual(full);
  expect(await held(bob, roomId)).toEqual(new Map(sentIds(acknowledged))); // all of it, and it is still served
  expect((await bob.sync()).rooms.join[roomId].timeline.events.length).toBeGreaterThan(0);

  await makeRoom();
  const again = await Promise.all(refused.map(({ txnId }) => sendLong(alice, roomId, txnId)));
  for (const { reply } of again) expect(reply.status).toBe(200);
  const all = new Map([...sentIds(acknowledged), ...sentIds(again)]);
  expect(await held(bob, roomId)).toEqual(all);
  await server.restart();
  expect(await held(bob, roomId)).toEqual(all);
  expect(await sendLong(alice, roomId, refused[0]?.txnId ?? '')).toMatchObject({
    reply: { body: { event_id: all.get(refused[0]?.txnId ?? '') } },
  });
}

function checkIntegrity(path: string): void {
  const raw = new BetterSqlite3(path, { readonly: true });
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  raw.close();
}

describe('a database that may not grow', () => {
  it('refuses what it cannot keep, loses nothing, and goes on when it may grow', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-full-'));
    const path = join(folder, 'homeserver.db');
    await using server = await startHomeserver({ database: { engine: 'sqlite', path } });
    const { db } = server.homeserver;
    const { page_count: pages } = (await db.get(pageCount)) ?? { page_count: 0 };
    await db.get(pageLimit(pages + 150));
    await outlast(server, () => db.get(pageLimit(1_000_000)));
    await server.stop();
    checkIntegrity(path);
    rmSync(folder, { recursive: true });
  });
});

const disk = mountSmallDisk(8);

describe.skipIf(!disk)(`a disk that is full${disk ? '' : ' (left out: only root may mount one)'}`, () => {
  it('refuses messages and uploads, loses nothing, and goes on when there is space', async () => {
    if (!disk) return;
    using small = disk;
    const path = join(small.path, 'homeserver.db');
    const ballast = join(small.path, 'ballast');
    writeFileSync(ballast, Buffer.alloc(3 * 1024 * 1024));
    await using server = await startHomeserver({ database: { engine: 'sqlite', path } });
    await server.restart({ media: { ...server.config.media, storePath: join(small.path, 'media') } });
    const carol = await server.register('carol');
    const kept = await carol.uploadMedia(Buffer.from('a picture'), 'text/plain');
    const upload = () =>
      carol.request('POST', '/_matrix/media/v3/upload', {
        body: Buffer.alloc(3 * 1024 * 1024, 7),
        headers: { 'content-type': 'application/octet-stream' },
      });
    await outlast(server, async () => {
      expect(await upload()).toEqual(full);
      expect((await carol.downloadMedia(kept)).body).toBe('a picture');
      unlinkSync(ballast);
    });
    await server.stop();
    checkIntegrity(path);
  });
});

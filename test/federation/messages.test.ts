import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestEvent, TestUser } from '../support/test-client.js';

let federation: TestFederation;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test']);
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const ephemeral = (body: any, roomId: RoomId, type: string): any =>
  body.rooms?.join?.[roomId]?.ephemeral?.events?.find((event: TestEvent) => event.type === type);
const joinVia = (user: TestUser, roomId: RoomId, via: string) =>
  user.ok('POST', `/join/${segment(roomId)}`, { query: { server_name: via, via }, body: {} });

/** Alice on the first server and Bob on the second, in one room. */
async function pair(options: object = {}) {
  const [one, two] = [federation.server('hs1.test'), federation.server('hs2.test')];
  count += 1;
  const [alice, bob] = [await one.register(`alice${count}`), await two.register(`bob${count}`)];
  const roomId = await alice.createRoom({ preset: 'public_chat', ...options });
  await joinVia(bob, roomId, 'hs1.test');
  await alice.syncUntil(roomId, (event) => event.type === 'm.room.member' && event.state_key === bob.userId);
  await bob.sync();
  return { alice, bob, roomId };
}

const arrives = (user: TestUser, roomId: RoomId, eventId: string) =>
  user.syncUntil(roomId, (event) => event.event_id === eventId);

describe('messages between two servers', () => {
  it.each(['6', '10', '11', '12'])('pass both ways in room version %s', async (version) => {
    const { alice, bob, roomId } = await pair({ room_version: version });
    const said = await alice.say(roomId, 'hello');
    expect(await arrives(bob, roomId, said)).toMatchObject({ sender: alice.userId, content: { body: 'hello' } });
    const answered = await bob.say(roomId, 'hello yourself');
    expect(await arrives(alice, roomId, answered)).toMatchObject({ sender: bob.userId });
  });
});

describe('what is of the moment', () => {
  it('shows who types on the other server, and that they no longer do', async () => {
    const { alice, bob, roomId } = await pair();
    const type = (typing: boolean) =>
      alice.ok('PUT', `/rooms/${segment(roomId)}/typing/${segment(alice.userId)}`, {
        body: { typing, timeout: 30_000 },
      });
    const typists = (wanted: string[]) =>
      bob.syncUntilBody((body) => {
        const ids = ephemeral(body, roomId, 'm.typing')?.content.user_ids;
        return JSON.stringify(ids) === JSON.stringify(wanted) ? ids : undefined;
      });
    await type(true);
    await typists([alice.userId]);
    await type(false);
    await typists([]);
  });

  it('shows how far people of the other server have read, in threads too, and keeps private receipts', async () => {
    const { alice, bob, roomId } = await pair();
    const root = await alice.say(roomId, 'read this');
    await arrives(bob, roomId, root);
    const inThread = { msgtype: 'm.text', body: 'more', 'm.relates_to': { rel_type: 'm.thread', event_id: root } };
    const reply = await alice.send(roomId, 'm.room.message', inThread);
    await arrives(bob, roomId, reply);
    await bob.receipt(roomId, reply, 'm.read.private');
    await bob.receipt(roomId, root);
    await bob.receipt(roomId, reply, 'm.read', { thread_id: root });
    const seen: any[] = [];
    await alice.syncUntilBody((body) => {
      const event = ephemeral(body, roomId, 'm.receipt');
      if (event) seen.push(event.content);
      const ofThread = seen.some((content) => content[reply]?.['m.read']?.[bob.userId]?.thread_id === root);
      return ofThread && seen.some((content) => content[root]?.['m.read']?.[bob.userId]) ? true : undefined;
    });
    expect(JSON.stringify(seen)).not.toContain('m.read.private');
  });

  it('shows who is there, and what they say of it', async () => {
    const { alice, bob } = await pair();
    const set = (presence: string, status_msg: string) =>
      alice.ok('PUT', `/presence/${segment(alice.userId)}/status`, { body: { presence, status_msg } });
    const shown = (presence: string) =>
      bob.syncUntilBody((body) =>
        body.presence?.events?.find(
          (event: any) => event.sender === alice.userId && event.content.presence === presence,
        ),
      );
    await set('unavailable', 'at lunch');
    expect((await shown('unavailable')).content).toMatchObject({ status_msg: 'at lunch' });
    await set('online', 'back');
    expect((await shown('online')).content).toMatchObject({ status_msg: 'back' });
    expect(await bob.ok('GET', `/presence/${segment(alice.userId)}/status`)).toMatchObject({ presence: 'online' });
  });

  it('introduces people to those whom they meet', async () => {
    const [one, two] = [federation.server('hs1.test'), federation.server('hs2.test')];
    count += 1;
    const [alice, bob] = [await one.register(`alice${count}`), await two.register(`bob${count}`)];
    await alice.ok('PUT', `/presence/${segment(alice.userId)}/status`, {
      body: { presence: 'unavailable', status_msg: 'here before you' },
    });
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.sync();
    await joinVia(bob, roomId, 'hs1.test');
    await bob.syncUntilBody((body) =>
      body.presence?.events?.find((event: any) => event.content.status_msg === 'here before you'),
    );
  });
});

describe('what goes to other servers', () => {
  const sent = () => federation.exchanges.filter(({ uri }) => uri.includes('/send/'));

  it('goes only to those that share the room', async () => {
    const { alice, bob, roomId } = await pair();
    const alone = await alice.createRoom();
    await alice.say(alone, 'to myself');
    await alice.ok('PUT', `/rooms/${segment(alone)}/typing/${segment(alice.userId)}`, { body: { typing: true } });
    await arrives(bob, roomId, await alice.say(roomId, 'to both'));
    expect(JSON.stringify(sent())).not.toContain(alone);
  });

  it('is the departure of whom we put out, and nothing that comes after', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.moderate('kick', roomId, bob.userId, 'enough');
    const left = await bob.syncUntilBody((body) => body.rooms?.leave?.[roomId]);
    expect(JSON.stringify(left)).toContain('enough');
    const secret = await alice.say(roomId, 'now that he is gone');
    const { alice: other, bob: reader, roomId: another } = await pair();
    await arrives(reader, another, await other.say(another, 'later'));
    expect(JSON.stringify(sent())).not.toContain(secret);
  });

  it('is a redaction, even of what the other server never had', async () => {
    const { alice, bob, roomId } = await pair();
    const eventId = await alice.say(roomId, 'a slip of the tongue');
    await arrives(bob, roomId, eventId);
    await alice.redact(roomId, eventId);
    await expect.poll(async () => (await bob.event(roomId, eventId)).content).toEqual({});
  });

  it('comes when the way is free again, all of it and in order', async () => {
    const { alice, bob, roomId } = await pair();
    federation.cut('hs1.test', 'hs2.test');
    const said: string[] = [];
    for (let at = 0; at < 20; at += 1) said.push(await alice.say(roomId, `m${at}`));
    federation.heal('hs1.test', 'hs2.test');
    await bob.say(roomId, 'I can hear you'); // which wakes the other side
    const last = said.at(-1);
    await expect.poll(() => bob.event(roomId, last as never).catch(() => undefined), { timeout: 20_000 }).toBeDefined();
    const { chunk } = await bob.messages(roomId, { dir: 'b', limit: 100 });
    const theirs = chunk.filter(({ sender }) => sender === alice.userId && chunk.length > 0).map((e) => e.event_id);
    expect(theirs.filter((id) => said.includes(id)).reverse()).toEqual(said);
  });

  it('goes out after a restart when it could not before', async () => {
    const { alice, bob, roomId } = await pair();
    federation.cut('hs1.test', 'hs2.test');
    const said = await alice.say(roomId, 'before the restart');
    await federation.server('hs1.test').restart();
    federation.heal('hs1.test', 'hs2.test');
    await expect.poll(() => bob.event(roomId, said).catch(() => undefined), { timeout: 30_000 }).toBeDefined();
  });
});

import { expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../../src-main/spec/ids.js';
import { describeEachDatabase } from '../../../support/databases.js';
import { startHomeserver, type TestHomeserver } from '../../../support/homeserver.js';
import type { Query, TestUser } from '../../../support/test-client.js';

const pathOf = (roomId: RoomId, root: string) =>
  `/_matrix/client/unstable/io.element.msc4306/rooms/${roomId}/thread/${root}/subscription`;
const changes = (user: TestUser, query: Query = {}) =>
  user.get('/_matrix/client/unstable/io.element.msc4308/thread_subscriptions', { dir: 'b', ...query });
const reply = (user: TestUser, roomId: RoomId, root: EventId) =>
  user.send(roomId, 'm.room.message', {
    msgtype: 'm.text',
    body: 'reply',
    'm.relates_to': { rel_type: 'm.thread', event_id: root },
  });
const refusal = (status: number, errcode: string) => ({ status, body: { errcode } });
const stamp = { bump_stamp: expect.any(Number) };

async function room(server: TestHomeserver) {
  const [alice, bob] = [await server.register('alice'), await server.register('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  return { alice, bob, roomId, root: await alice.say(roomId, 'root') };
}

describeEachDatabase('thread subscriptions', (databases) => {
  const start = async () => startHomeserver({ database: await databases.create() });

  it('are made, changed and given up', async () => {
    await using server = await start();
    const { alice, bob, roomId, root } = await room(server);
    const path = pathOf(roomId, root);
    expect(await alice.get(path)).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    const cause = await reply(bob, roomId, root);
    expect(await alice.put(path, { automatic: cause })).toEqual({ status: 200, body: {} });
    expect((await alice.get(path)).body).toEqual({ automatic: true });
    expect((await alice.put(path, {})).status).toBe(200);
    expect((await alice.get(path)).body).toEqual({ automatic: false });
    await alice.put(path, { automatic: cause });
    expect((await alice.get(path)).body).toEqual({ automatic: false });
    expect(await bob.get(path)).toMatchObject(refusal(404, 'M_NOT_FOUND'));

    expect(await alice.delete(path)).toEqual({ status: 200, body: {} });
    expect(await alice.get(path)).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    const conflict = refusal(409, 'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION');
    expect(await alice.put(path, { automatic: cause })).toMatchObject(conflict);
    expect((await alice.put(path, { automatic: await reply(bob, roomId, root) })).status).toBe(200);
    expect((await alice.delete(path)).status).toBe(200);
    expect((await alice.delete(path)).status).toBe(200);
  });

  it('are for threads that one can see, and for events in them', async () => {
    await using server = await start();
    const { alice, roomId, root } = await room(server);
    const carol = await server.register('carol');
    const path = pathOf(roomId, root);
    for (const call of [carol.get(path), carol.put(path, {}), carol.delete(path)]) {
      expect(await call).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    }
    expect(await alice.put(pathOf(roomId, '$unknown'), {})).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await alice.put(path, { automatic: '$unknown' })).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    const beside = await alice.say(roomId, 'beside it');
    const notIn = refusal(400, 'IO.ELEMENT.MSC4306.M_NOT_IN_THREAD');
    expect(await alice.put(path, { automatic: beside })).toMatchObject(notIn);
    expect((await alice.put(path, { automatic: 5 })).status).toBe(400);
    expect((await server.stranger.get(path)).status).toBe(401);
  });

  it('are listed by their last changes, page by page', async () => {
    await using server = await start();
    const { alice, bob, roomId } = await room(server);
    const roots: EventId[] = [];
    for (const text of ['a', 'b', 'c', 'd']) roots.push(await alice.say(roomId, text));
    const [a = '', b = '', c = '', d = ''] = roots;
    expect(await changes(alice)).toEqual({ status: 200, body: {} });
    for (const root of roots) await alice.put(pathOf(roomId, root), {});
    await alice.delete(pathOf(roomId, a));
    expect(await changes(bob)).toEqual({ status: 200, body: {} });

    const first = await changes(alice, { limit: 2 });
    expect(first.body).toEqual({
      subscribed: { [roomId]: { [d]: { automatic: false, ...stamp } } },
      unsubscribed: { [roomId]: { [a]: stamp } },
      end: expect.any(String),
    });
    const second = await changes(alice, { limit: 2, from: first.body.end });
    expect(second.body).toEqual({
      subscribed: { [roomId]: { [b]: { automatic: false, ...stamp }, [c]: { automatic: false, ...stamp } } },
    });
    const all = (await changes(alice)).body;
    const after = all.subscribed[roomId][c].bump_stamp;
    expect(Object.keys((await changes(alice, { to: `t${after}` })).body.subscribed[roomId])).toEqual([d]);
    for (const query of [{ dir: 'f' }, { limit: 0 }, { from: 'nonsense' }]) {
      expect(await changes(alice, query)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    }
  });
});

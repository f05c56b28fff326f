import { describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { PNG } from '../support/fixtures.js';
import { sharedHomeserver } from '../matrix/rooms/shared-homeserver.js';
import type { TestEvent, TestUser } from '../support/test-client.js';

/** What Complement asks of a homeserver, where no test of a domain does already; `complement-map.tsv` says which is where. */
const town = sharedHomeserver();
const segment = encodeURIComponent;

const presenceOf = (body: any, user: TestUser) =>
  body.presence?.events.find(({ sender }: TestEvent) => sender === user.userId)?.content.presence;
const setPresence = (user: TestUser, presence: string) =>
  user.ok('PUT', `/presence/${segment(user.userId)}/status`, { body: { presence } });
const receipts = (body: any, roomId: RoomId) =>
  body.rooms?.join?.[roomId]?.ephemeral?.events.find(({ type }: TestEvent) => type === 'm.receipt')?.content;
const people = (...names: string[]): Promise<TestUser[]> => Promise.all(names.map((name) => town.person(name)));

/** Alice, up to date in a public room, and somebody who is not there yet. */
async function hostAndGuest() {
  const [alice, bob] = (await people('alice', 'bob')) as [TestUser, TestUser];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await alice.sync();
  return { alice, bob, roomId };
}

describe('presence', () => {
  it('is set by a sync, and every change of it is told to those who share a room', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await bob.join(roomId);
    await alice.sync();
    await bob.sync({ set_presence: 'unavailable' });
    await alice.syncUntilBody((body) => (presenceOf(body, bob) === 'unavailable' ? true : undefined));
    await bob.sync({ set_presence: 'online' });
    await alice.syncUntilBody((body) => (presenceOf(body, bob) === 'online' ? true : undefined));
  });

  it('of people from two rooms comes with one sync', async () => {
    const [alice, bob, carol] = (await people('alice', 'bob', 'carol')) as [TestUser, TestUser, TestUser];
    for (const other of [bob, carol]) await other.join(await alice.createRoom({ preset: 'public_chat' }));
    await alice.sync();
    await setPresence(bob, 'online');
    await setPresence(carol, 'online');
    const body = await alice.sync();
    expect([presenceOf(body, bob), presenceOf(body, carol)]).toEqual(['online', 'online']);
  });

  it('of somebody who joins is told to those who are there', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await setPresence(bob, 'online');
    await alice.sync();
    await bob.join(roomId);
    expect(presenceOf(await alice.sync(), bob)).toBe('online');
    expect(presenceOf(await (await alice.logIn()).sync(), bob)).toBe('online');
  });

  it('of those who are there is told to somebody who joins', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await setPresence(alice, 'online');
    await bob.sync();
    await bob.join(roomId);
    expect(presenceOf(await bob.sync(), alice)).toBe('online');
  });
});

describe('leaving', () => {
  it('shows in a sync that has a gap, with a full timeline or none', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await bob.join(roomId);
    const other = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(other);
    await bob.sync();
    await bob.leave(roomId);
    for (let i = 0; i < 20; i += 1) await alice.say(other, `${i}`);
    const filter = JSON.stringify({ room: { timeline: { limit: 1 }, include_leave: true } });
    const { rooms } = await bob.sync({ filter });
    expect(rooms.leave[roomId].timeline.events.at(-1)).toMatchObject({ content: { membership: 'leave' } });
    expect(rooms.join[other].timeline.limited).toBe(true);
  });

  it('shows to the device that was not there, although the room is forgotten', async () => {
    const { alice, roomId } = await hostAndGuest();
    await alice.leave(roomId);
    await alice.forget(roomId);
    expect(Object.keys((await alice.sync()).rooms?.leave ?? {})).toEqual([roomId]);
    const { rooms } = await (await alice.logIn()).sync({ filter: '{"room":{"include_leave":true}}' });
    expect(rooms?.leave).toBeUndefined();
  });

  it('shows to whoever leaves, where history is for members too', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await alice.setState(roomId, 'm.room.history_visibility', { history_visibility: 'joined' });
    await bob.join(roomId);
    await bob.sync();
    await bob.leave(roomId, 'good night');
    await alice.say(roomId, 'is he gone?');
    const { timeline } = (await bob.sync()).rooms.leave[roomId];
    expect(timeline.events.map(({ content }: TestEvent) => content)).toEqual([
      expect.objectContaining({ membership: 'leave', reason: 'good night' }),
    ]);
  });

  it('shows nothing more when one was invited again and came', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await alice.invite(roomId, bob);
    await bob.sync();
    await bob.leave(roomId);
    await alice.invite(roomId, bob);
    await bob.join(roomId);
    const { rooms } = await bob.sync();
    expect(Object.keys(rooms)).toEqual(['join']);
    expect(Object.keys(rooms.join)).toEqual([roomId]);
  });

  it('takes people out of sight of lazily loading clients too', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await bob.join(roomId);
    const filter = JSON.stringify({ room: { state: { lazy_load_members: true } } });
    await alice.sync({ filter });
    await bob.leave(roomId);
    expect((await alice.sync({ filter })).device_lists.left).toEqual([bob.userId]);
  });
});

describe('receipts', () => {
  it('without a thread win where both kinds are of the same event', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    await bob.join(roomId);
    const eventId = await alice.say(roomId, 'hello');
    await alice.sync();
    await bob.receipt(roomId, eventId, 'm.read', {});
    await bob.receipt(roomId, eventId, 'm.read', { thread_id: 'main' });
    expect(receipts(await alice.sync(), roomId)[eventId]['m.read'][bob.userId]).toEqual({ ts: expect.any(Number) });
    const first = await (await alice.logIn()).sync();
    expect(receipts(first, roomId)[eventId]['m.read'][bob.userId]).toEqual({ ts: expect.any(Number) });
  });
});

describe('moderation', () => {
  it('of somebody who is not there counts for nothing, whatever their level', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    const carol = await town.person('carol');
    await carol.join(roomId);
    const levels = await alice.stateContent(roomId, 'm.room.power_levels');
    await alice.setState(roomId, 'm.room.power_levels', { ...levels, users: { ...levels.users, [bob.userId]: 100 } });
    const ban = await bob.post(`/rooms/${segment(roomId)}/ban`, { user_id: carol.userId });
    expect(ban).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});

const search = async (user: TestUser, term: string) =>
  (await user.ok('POST', '/user_directory/search', { body: { search_term: term } })).results;

describe('a name', () => {
  it.each([
    ['changed there', false],
    ['given at the door', true],
  ])('that is for one private room is not told to others: %s', async (_case, isAtJoin) => {
    const [alice, bob, eve] = (await people('alice', 'bob', 'eve')) as [TestUser, TestUser, TestUser];
    const name = `Secret ${alice.userId.slice(1, 8)}`;
    const secret = await bob.createRoom({ preset: 'private_chat', invite: [alice.userId] });
    const content = { membership: 'join', displayname: name };
    if (!isAtJoin) await alice.join(secret);
    await alice.setState(secret, 'm.room.member', content, alice.userId);
    await eve.join(await alice.createRoom({ preset: 'public_chat' }));
    const localpart = alice.userId.slice(1, alice.userId.indexOf(':'));
    const found = async () => (await search(eve, localpart)).find((result: any) => result.user_id === alice.userId);
    await expect.poll(found).toBeDefined();
    expect((await found()).display_name).toBe(localpart);
    expect(await search(eve, name)).toEqual([]);
  });
});

describe('a message', () => {
  it('is known again by its transaction after a token was refreshed', async () => {
    const { alice, roomId } = await hostAndGuest();
    const session = await town.server.stranger.ok('POST', '/login', {
      body: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: alice.userId },
        password: alice.password,
        refresh_token: true,
      },
    });
    const path = `/rooms/${segment(roomId)}/send/m.room.message/txn`;
    const content = { body: { msgtype: 'm.text', body: 'once' } };
    const { event_id: eventId } = await town.server.withToken(session.access_token).ok('PUT', path, content);
    const fresh = await town.server.stranger.ok('POST', '/refresh', { body: { refresh_token: session.refresh_token } });
    const phone = town.server.withToken(fresh.access_token);
    expect((await phone.ok('PUT', path, content)).event_id).toBe(eventId);
    const { rooms } = await phone.ok('GET', '/sync');
    const shown = rooms.join[roomId].timeline.events.filter((event: TestEvent) => event.event_id === eventId);
    expect(shown).toMatchObject([{ unsigned: { transaction_id: 'txn' } }]);
  });
});

describe('what clients keep and send', () => {
  it('is a file without a name', async () => {
    const [alice] = (await people('alice')) as [TestUser];
    const reply = await alice.downloadMedia(await alice.uploadMedia(PNG, 'image/png'));
    expect(reply.bytes).toEqual(PNG);
    expect(String(reply.headers['content-disposition'])).not.toContain('filename');
  });

  it('is a picture that others find again', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    const url = await alice.uploadMedia(PNG, 'image/png', 'fire.png');
    const content = { msgtype: 'm.image', body: 'fire.png', url, info: { mimetype: 'image/png', size: PNG.length } };
    await alice.send(roomId, 'm.room.message', content);
    await bob.join(roomId);
    const { chunk } = await bob.messages(roomId);
    const image = chunk.find((event) => event.content.msgtype === 'm.image');
    expect(image?.content).toEqual(content);
    expect((await bob.downloadMedia(image?.content.url)).bytes).toEqual(PNG);
  });

  it('is who they talk to directly', async () => {
    const { alice, bob, roomId } = await hostAndGuest();
    const direct = { [bob.userId]: [roomId] };
    await alice.setAccountData('m.direct', direct);
    const { account_data: data } = await alice.sync();
    expect(data.events).toContainEqual({ type: 'm.direct', content: direct });
  });

  it('are push rules, the same each time they are asked for', async () => {
    const [alice] = (await people('alice')) as [TestUser];
    const rules = await alice.ok('GET', '/pushrules/');
    for (let i = 0; i < 5; i += 1) expect(await alice.ok('GET', '/pushrules/')).toEqual(rules);
  });
});

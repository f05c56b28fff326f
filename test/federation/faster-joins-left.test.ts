import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import { freshName, happen, isPartial, joinPartly, LAZY, type PartlyJoined, say } from '../support/partial-room.js';
import type { TestUser } from '../support/test-client.js';

/** Rooms that are left while their members are on their way. */
let federation: TestFederation;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const LONG = { timeout: 10_000 };
const joined = () => joinPartly(federation);
const rests = (given: PartlyJoined) => expect.poll(() => isPartial(given), LONG).toBe(false);
async function complete(given: PartlyJoined): Promise<void> {
  given.room.release();
  await rests(given);
}
const isGone = (user: TestUser, { roomId }: PartlyJoined) =>
  expect.poll(() => user.ok('GET', '/joined_rooms').then((body) => body.joined_rooms), LONG).not.toContain(roomId);

describe('a room whose members are on their way', () => {
  it('is left without waiting for them, and nobody waits for them any more', async () => {
    const given = await joined();
    const { alice, roomId, sent } = given;
    const waiting = alice.get(`/rooms/${segment(roomId)}/members`);
    await alice.leave(roomId);
    await rests(given);
    expect((await waiting).status).toBe(200);
    await expect.poll(() => sent.pdus, LONG).toMatchObject([{ content: { membership: 'leave' } }]);
  });

  it.each([
    ['waits for all members', {}],
    ['loads members lazily', { filter: LAZY }],
  ])('is shown as left to a client that %s', async (_case, query) => {
    const given = await joined();
    const { alice, roomId } = given;
    const { next_batch: since } = await alice.ok('GET', '/sync', { query });
    await alice.leave(roomId);
    const { rooms } = await alice.ok('GET', '/sync', { query: { ...query, since } });
    expect(rooms.leave[roomId].timeline.events.at(-1)).toMatchObject({ content: { membership: 'leave' } });
    await rests(given);
  });

  it('is joined again in part, and completed then', async () => {
    const given = await joined();
    const { alice, room, roomId, fake, members } = given;
    await alice.leave(roomId);
    await rests(given);
    room.withhold();
    await alice.join(roomId, fake.name);
    expect(isPartial(given)).toBe(true);
    await alice.say(roomId, 'back again');
    await complete(given);
    const { joined: all } = await alice.ok('GET', `/rooms/${segment(roomId)}/joined_members`);
    expect(Object.keys(all).sort()).toEqual([alice.userId, room.creator, ...members].sort());
  });

  it('is left again after it was joined again', async () => {
    const given = await joined();
    const { alice, roomId, fake } = given;
    await alice.leave(roomId);
    await rests(given);
    await alice.join(roomId, fake.name);
    await alice.leave(roomId);
    await rests(given);
    await isGone(alice, given);
  });

  it('is joined by somebody else after it was left', async () => {
    const given = await joined();
    const { one, alice, roomId, fake } = given;
    await alice.leave(roomId);
    await rests(given);
    const berta = await one.register(freshName('berta'));
    await berta.join(roomId, fake.name);
    await berta.say(roomId, 'and me');
    await complete(given);
  });

  it('stays open for those who stay', async () => {
    const given = await joined();
    const { one, alice, roomId, fake, members } = given;
    const berta = await one.register(freshName('berta'));
    await berta.join(roomId, fake.name);
    await alice.leave(roomId);
    expect(isPartial(given)).toBe(true);
    await complete(given);
    const { joined: all } = await berta.ok('GET', `/rooms/${segment(roomId)}/joined_members`);
    expect(Object.keys(all).sort()).toEqual([berta.userId, given.room.creator, ...members].sort());
  });

  it.each(['leave', 'ban'])('is out of sight for who is put out of it: %s', async (membership) => {
    const given = await joined();
    const { alice, room } = given;
    await happen(given, {
      type: 'm.room.member',
      stateKey: alice.userId,
      sender: room.creator,
      content: { membership },
    });
    await isGone(alice, given);
    await rests(given);
  });

  it('is left by everybody here where its join is cancelled', async () => {
    const given = await joined();
    const { one, alice, roomId, sent } = given;
    expect(one.homeserver.joins.cancel(roomId)).toBe(true);
    await isGone(alice, given);
    await rests(given);
    await expect.poll(() => sent.pdus, LONG).toMatchObject([{ content: { membership: 'leave' } }]);
    expect(one.homeserver.joins.cancel(roomId)).toBe(false);
  });

  it('that is left takes what comes later as any room does that nobody here is in', async () => {
    const given = await joined();
    const { alice, roomId, members } = given;
    await alice.leave(roomId);
    await rests(given);
    await happen(given, say(members[0] as UserId, 'to nobody'));
    expect((await alice.get(`/rooms/${segment(roomId)}/members`)).status).toBe(200);
  });

  it('is erased whole, and joined again as if nobody had ever been in it', async () => {
    const given = await joined();
    const { one, alice, roomId, fake, room, members } = given;
    const { removals } = one.homeserver.rooms;
    const { id } = await removals.removeRoom(roomId, { by: undefined, block: false, purge: true });
    await expect.poll(async () => (await removals.one(id))?.state, LONG).toBe('done');
    await rests(given);
    room.withhold();
    await alice.join(roomId, fake.name);
    expect(isPartial(given)).toBe(true);
    await complete(given);
    const { joined: all } = await alice.ok('GET', `/rooms/${segment(roomId)}/joined_members`);
    expect(Object.keys(all).sort()).toEqual([alice.userId, room.creator, ...members].sort());
  });
});

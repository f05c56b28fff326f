import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const leftRoom = (body: any, roomId: RoomId): any => body.rooms?.leave?.[roomId];
const bodies = (room: any): string[] =>
  (room?.timeline?.events ?? []).flatMap((event: TestEvent) => event.content.body ?? []);
const withLeft = JSON.stringify({ room: { include_leave: true } });

async function pair() {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Hall' });
  await bob.join(roomId);
  await alice.sync();
  await bob.sync();
  return { alice, bob, roomId };
}

describe('invitations', () => {
  it('wake the one who is invited and show a little of the room', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const roomId = await alice.createRoom({ name: 'Kitchen' });
    await bob.sync();
    const waiting = bob.sync({ timeout: 20_000 });
    await alice.invite(roomId, bob);
    const { events } = (await waiting).rooms.invite[roomId].invite_state;
    const shown = events.map((event: TestEvent) => event.type);
    expect(shown).toEqual(expect.arrayContaining(['m.room.create', 'm.room.name', 'm.room.join_rules']));
    expect(events.at(-1)).toMatchObject({
      type: 'm.room.member',
      state_key: bob.userId,
      content: { membership: 'invite' },
    });
    expect(events.every((event: any) => event.event_id === undefined)).toBe(true);
    expect((await bob.sync()).rooms?.invite).toBeUndefined();
  });

  it('of ignored people do not show', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    await bob.setAccountData('m.ignored_user_list', { ignored_users: { [alice.userId]: {} } });
    await bob.sync();
    const roomId = await alice.createRoom();
    await alice.invite(roomId, bob);
    expect((await bob.sync()).rooms?.invite?.[roomId]).toBeUndefined();
    bob.since = undefined;
    expect((await bob.sync()).rooms?.invite?.[roomId]).toBeUndefined();
  });

  it('that are turned down show as left once', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const roomId = await alice.createRoom();
    await alice.invite(roomId, bob);
    await bob.sync();
    await bob.leave(roomId);
    const room = leftRoom(await bob.sync(), roomId);
    expect(room.timeline.events.at(-1)).toMatchObject({ state_key: bob.userId, content: { membership: 'leave' } });
    expect(leftRoom(await bob.sync(), roomId)).toBeUndefined();
  });
});

describe('knocks', () => {
  it('show a little of the room to the one who knocks', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const initial_state = [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }];
    const roomId = await alice.createRoom({ name: 'Study', initial_state });
    await bob.sync();
    await bob.knock(roomId, 'let me in');
    const { events } = (await bob.sync()).rooms.knock[roomId].knock_state;
    expect(events.map((event: TestEvent) => event.type)).toContain('m.room.name');
    expect(events.at(-1)).toMatchObject({
      state_key: bob.userId,
      content: { membership: 'knock', reason: 'let me in' },
    });
  });
});

describe('rooms that were left', () => {
  it('show what was said until then, and one’s own leaving, once', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'before');
    await bob.leave(roomId);
    await alice.say(roomId, 'after');
    const room = leftRoom(await bob.sync(), roomId);
    expect(bodies(room)).toEqual(['before']);
    expect(room.timeline.events.at(-1)).toMatchObject({ content: { membership: 'leave' } });
    expect(leftRoom(await bob.sync(), roomId)).toBeUndefined();
  });

  it('show to those who were put out, by kick or ban', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.moderate('kick', roomId, bob.userId, 'out');
    expect(leftRoom(await bob.sync(), roomId).timeline.events.at(-1).content).toMatchObject({ reason: 'out' });
    await alice.moderate('ban', roomId, bob.userId);
    expect(leftRoom(await bob.sync(), roomId).timeline.events.at(-1).content).toMatchObject({ membership: 'ban' });
  });

  it('show in a first sync only where asked for, without what came later', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'before');
    await bob.leave(roomId);
    await alice.say(roomId, 'after');
    await alice.setState(roomId, 'm.room.name', { name: 'Changed later' });
    bob.since = undefined;
    expect((await bob.sync()).rooms?.leave).toBeUndefined();
    bob.since = undefined;
    const room = leftRoom(await bob.sync({ filter: withLeft }), roomId);
    expect(bodies(room)).toEqual(['before']);
    const names = [...room.state.events, ...room.timeline.events].flatMap(
      (event: TestEvent) => event.content.name ?? [],
    );
    expect(names).toEqual(['Hall']);
  });

  it('are gone when they are forgotten', async () => {
    const { bob, roomId } = await pair();
    await bob.leave(roomId);
    await bob.sync();
    await bob.forget(roomId);
    bob.since = undefined;
    expect(leftRoom(await bob.sync({ filter: withLeft }), roomId)).toBeUndefined();
  });

  it('show as joined only to those who came back between two syncs', async () => {
    const { bob, roomId } = await pair();
    await bob.leave(roomId);
    await bob.join(roomId);
    const body = await bob.sync();
    expect(leftRoom(body, roomId)).toBeUndefined();
    expect(body.rooms.join[roomId].timeline.events.at(-1).content).toMatchObject({ membership: 'join' });
  });
});

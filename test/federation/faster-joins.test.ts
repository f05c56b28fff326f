import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src-main/spec/ids.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { PartialRoom } from '../support/partial-room.js';
import type { TestUser } from '../support/test-client.js';

/** Rooms that are open to people here while their members are still on their way. */
let federation: TestFederation;
let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const V1 = '/_matrix/federation/v1';

interface Joined {
  readonly fake: FakeServer;
  readonly room: PartialRoom;
  readonly roomId: RoomId;
  readonly alice: TestUser;
  readonly members: UserId[];
  /** what the other server was sent */
  readonly sent: any[];
}

/** A room with three members beside its creator that somebody here has joined, and knows only in part. */
async function joined(prepare: (room: PartialRoom) => void = () => undefined): Promise<Joined> {
  count += 1;
  const fake = await federation.fakeServer(`partial${count}.test`);
  const room = new PartialRoom(fake, '10');
  const members = ['bob', 'carol', 'derek'].map((name) => room.addMember(name));
  prepare(room);
  room.letInPartly();
  const sent: any[] = [];
  fake.on('PUT', new RegExp(`^${V1}/send/`), ({ body }) => {
    sent.push(...body.pdus);
    return { body: { pdus: {} } };
  });
  const alice = await one.register(`alice${count}`);
  await alice.join(room.roomId, fake.name);
  return { fake, room, roomId: room.roomId, alice, members, sent };
}

const send = async (fake: FakeServer, ...pdus: unknown[]) => {
  count += 1;
  const body = { origin: fake.name, origin_server_ts: Date.now(), pdus };
  return (await fake.ask(one, 'PUT', `${V1}/send/t${count}`, body)).body;
};
const isPartial = (roomId: RoomId) =>
  one.homeserver.joins.list().some((join) => join.roomId === roomId && join.stage === 'completing');
const whole = (roomId: RoomId) => expect.poll(() => isPartial(roomId), { timeout: 10_000 }).toBe(false);
const joinedMembers = async (user: TestUser, roomId: RoomId) =>
  Object.keys((await user.ok('GET', `/rooms/${segment(roomId)}/joined_members`)).joined).sort();

describe('a room whose members are on their way', () => {
  it('takes messages of people here at once, and has everybody in it in the end', async () => {
    const { room, roomId, alice, members, sent } = await joined();
    await expect.poll(() => isPartial(roomId)).toBe(true);
    await alice.say(roomId, 'hello');
    await expect.poll(() => sent).toMatchObject([{ content: { body: 'hello' } }]);
    room.release();
    await whole(roomId);
    expect(await joinedMembers(alice, roomId)).toEqual([alice.userId, room.creator, ...members].sort());
  });

  it('has /members and /joined_members wait for them', async () => {
    const { room, roomId, alice, members } = await joined();
    let isAnswered = false;
    const asked = alice.ok('GET', `/rooms/${segment(roomId)}/members`).then((answer) => {
      isAnswered = true;
      return answer;
    });
    const also = joinedMembers(alice, roomId);
    await alice.say(roomId, 'meanwhile');
    expect(isAnswered).toBe(false);
    room.release();
    expect((await asked).chunk.map((event: { state_key: string }) => event.state_key).sort()).toEqual(
      [alice.userId, room.creator, ...members].sort(),
    );
    expect(await also).toHaveLength(5);
  });

  it('takes messages of its members, of whom it knows nothing yet', async () => {
    const { fake, room, roomId, alice, members } = await joined();
    const [bob = room.creator] = members;
    const said = room.add({ type: 'm.room.message', sender: bob, content: { msgtype: 'm.text', body: 'hi' } });
    expect(await send(fake, said.pdu)).toEqual({ pdus: { [said.eventId]: {} } });
    await expect
      .poll(async () => (await alice.messages(roomId, { dir: 'b', limit: 1 })).chunk[0]?.event_id, { timeout: 10_000 })
      .toBe(said.eventId);
    room.release();
    await whole(roomId);
    expect((await alice.messages(roomId, { dir: 'b', limit: 1 })).chunk[0]?.event_id).toBe(said.eventId);
  });
});

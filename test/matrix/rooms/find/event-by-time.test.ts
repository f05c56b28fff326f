import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../../src-main/spec/ids.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';
import { refusal, segment } from '../shared-homeserver.js';

const clock = new FakeClock();
let server: TestHomeserver;
let alice: TestUser;
let roomId: RoomId;
/** two at `noon`, one an hour later */
let [first, second, third]: EventId[] = [];
let noon = 0;

beforeAll(async () => {
  server = await startHomeserver({ clock });
  alice = await server.register('alice');
  roomId = await alice.createRoom({ preset: 'public_chat' });
  clock.advance(3_600_000);
  noon = clock.now();
  [first, second] = [await alice.say(roomId, 'one'), await alice.say(roomId, 'two')];
  clock.advance(3_600_000);
  third = await alice.say(roomId, 'three');
});
afterAll(() => server[Symbol.asyncDispose]());

const find = (user: TestUser, ts: number | string, dir: string, room: RoomId = roomId) =>
  user.get(`/_matrix/client/v1/rooms/${segment(room)}/timestamp_to_event`, { ts, dir });
const idOf = async (ts: number, dir: string) => (await find(alice, ts, dir)).body.event_id;

describe('an event by its time', () => {
  it('is the nearest one, later or earlier, with its own time', async () => {
    expect((await find(alice, noon + 1, 'f')).body).toEqual({
      event_id: third,
      origin_server_ts: noon + 3_600_000,
    });
    expect(await idOf(noon - 1, 'f')).toBe(first);
    expect(await idOf(noon + 3_599_999, 'b')).toBe(second);
  });

  it('at that very moment counts in both directions', async () => {
    expect(await idOf(noon, 'f')).toBe(first);
    expect(await idOf(noon, 'b')).toBe(second);
  });

  it('is not there before the first and after the last', async () => {
    expect(await find(alice, 1, 'b')).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await find(alice, noon + 7_200_000, 'f')).toMatchObject(refusal(404, 'M_NOT_FOUND'));
  });

  it('is only one that the user may see', async () => {
    const bob = await server.register('bob');
    const closed = await alice.createRoom({
      preset: 'public_chat',
      initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }],
    });
    clock.advance(1000);
    const start = clock.now();
    await alice.say(closed, 'not for bob');
    clock.advance(1000);
    await bob.join(closed);
    const { body } = await find(bob, start, 'f', closed);
    expect(await bob.event(closed, body.event_id)).toMatchObject({ type: 'm.room.member', state_key: bob.userId });
  });

  it('is found at the old path too', async () => {
    const old = `/_matrix/client/unstable/org.matrix.msc3030/rooms/${segment(roomId)}/timestamp_to_event`;
    expect((await alice.get(old, { ts: noon, dir: 'f' })).body.event_id).toBe(first);
  });

  it('is refused to those who may not look into the room', async () => {
    const carol = await server.register('carol');
    expect(await find(carol, noon, 'f')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await find(carol, noon, 'f', '!unknown:hearth.test')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each([
    ['x', 'f'],
    [-1, 'f'],
    [1, 'up'],
  ])('is refused for ts %j, dir %j', async (ts, dir) => {
    expect(await find(alice, ts, dir)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });
});

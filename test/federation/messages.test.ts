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
});

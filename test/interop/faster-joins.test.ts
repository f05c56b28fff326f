import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { LAZY } from '../support/partial-room.js';
import type { TestEvent, TestUser } from '../support/test-client.js';
import { expectAgreement, expectMessage } from './agreement.js';
import type { Door } from './door.js';
import { Pair, type Side } from './pair.js';

/** Rooms of many members that one server joins on the other, and uses before it knows who is in them. */
const MEMBERS = Number(process.env['HEARTH_MEMBERS'] ?? 200);
const STATE_IDS = /\/state_ids\//;
const LONG = { timeout: 30_000 };

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.behindDoors('hearth-faster');
}, 300_000);
afterAll(() => pair?.[Symbol.asyncDispose]());

const seg = encodeURIComponent;
const serverOf = ({ userId }: TestUser): string => userId.slice(userId.indexOf(':') + 1);
let count = 0;

/** A room with many members of its server. */
async function fullRoom(home: Side, version: string): Promise<{ host: TestUser; roomId: RoomId }> {
  const host = await home.register(`host${(count += 1)}`);
  const roomId = await host.createRoom({ room_version: version, preset: 'public_chat', name: 'full' });
  const join = async (at: number) => (await home.register(`member${count}x${at}`)).join(roomId);
  for (let at = 0; at < MEMBERS; at += 20) {
    await Promise.all(Array.from({ length: Math.min(20, MEMBERS - at) }, (_, more) => join(at + more)));
  }
  return { host, roomId };
}

const joinVia = (who: TestUser, roomId: RoomId, via: TestUser) =>
  who.ok('POST', `/join/${seg(roomId)}`, { query: { via: serverOf(via), server_name: serverOf(via) }, body: {} });

const doorOf = (side: Side): Door => {
  if (!pair.doors) throw new Error('there are no doors');
  return pair.doors[side.name];
};

/**
 * Waits for a message where members are loaded lazily: a room shows itself so before all of them are known. Each sync
 * goes on from the last: to the same first sync a Synapse gives the same answer for two minutes, however early it was.
 */
async function expectSynced(roomId: RoomId, user: TestUser, body: string): Promise<void> {
  let since: string | undefined;
  const shown: string[] = [];
  const more = async (): Promise<readonly string[]> => {
    const { rooms, next_batch } = await user.ok('GET', '/sync', { query: { filter: LAZY, since } });
    since = next_batch;
    const events: TestEvent[] = rooms?.join?.[roomId]?.timeline.events ?? [];
    shown.push(...events.map(({ content }) => content.body));
    return shown;
  };
  await expect.poll(more, LONG).toContain(body);
}

const isMember = (reader: TestUser, roomId: RoomId, who: TestUser) => async () =>
  (await reader.get(`/rooms/${seg(roomId)}/state/m.room.member/${seg(who.userId)}`)).body.membership;

describe.each(['hearth', 'synapse'] as const)('a large room on %s that the other joins', (name) => {
  it.each(['10', '12'])(
    'is used at once, and whole in the end, in version %s',
    async (version) => {
      const [home, away] = name === 'hearth' ? [pair.hearth, pair.synapse] : [pair.synapse, pair.hearth];
      const { host, roomId } = await fullRoom(home, version);
      const [guest, other] = [await away.register(`guest${count}`), await away.register(`other${count}`)];
      const door = doorOf(home);
      const held = door.hold(STATE_IDS);
      const before = door.asked.length;
      await joinVia(guest, roomId, host);
      await held.reached;
      expect(door.asked.slice(before).filter((uri) => uri.includes('send_join'))).toEqual([
        expect.stringMatching(/omit_members=(true|1)/),
      ]);
      await guest.say(roomId, 'first of the guest');
      await expectMessage(roomId, host, 'first of the guest');
      await host.say(roomId, 'first of the host');
      // A Synapse takes what others say, and shows it once it knows all members.
      if (away.name === 'hearth') await expectSynced(roomId, guest, 'first of the host');
      await joinVia(other, roomId, host);
      await other.leave(roomId);
      await expect.poll(isMember(host, roomId, other), LONG).toBe('leave');
      held.release();
      await expectSynced(roomId, guest, 'first of the host');
      const joined = async (who: TestUser) =>
        Object.keys((await who.ok('GET', `/rooms/${seg(roomId)}/joined_members`)).joined).sort();
      expect(await joined(guest)).toEqual(await joined(host));
      expect(await joined(guest)).toHaveLength(MEMBERS + 2);
      await expectAgreement(roomId, host, guest);
    },
    180_000,
  );

  it('is left before it is whole', async () => {
    const [home, away] = name === 'hearth' ? [pair.hearth, pair.synapse] : [pair.synapse, pair.hearth];
    const { host, roomId } = await fullRoom(home, '12');
    const guest = await away.register(`leaver${count}`);
    const held = doorOf(home).hold(STATE_IDS);
    await joinVia(guest, roomId, host);
    await held.reached;
    await guest.leave(roomId);
    await expect.poll(isMember(host, roomId, guest), LONG).toBe('leave');
    held.release();
    await expect.poll(() => pair.completing(), LONG).toBe(0);
    await joinVia(guest, roomId, host);
    await guest.say(roomId, 'back again');
    await expectMessage(roomId, host, 'back again');
    await expectAgreement(roomId, host, guest);
  }, 180_000);
});

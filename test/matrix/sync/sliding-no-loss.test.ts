import { expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver } from '../../support/homeserver.js';
import { seededRandom } from '../../support/seeded-random.js';
import type { TestUser } from '../../support/test-client.js';
import { DIALECTS, type Slid, SlidingClient, type Wish } from './sliding-client.js';

const STEPS = 60;
const ROOMS = 5;
const extensions = { account_data: { enabled: true }, receipts: { enabled: true } };

/** What a client made of the answers that reached it. */
class Memory {
  readonly messages = new Map<RoomId, string[]>();
  readonly topics = new Map<RoomId, string>();
  readonly marks = new Map<RoomId, number>();
  readonly readUpTo = new Map<RoomId, string>();

  take({ rooms, extensions: more }: Slid): void {
    for (const [id, room] of Object.entries(rooms)) {
      const roomId = id as RoomId;
      for (const event of room.state ?? []) {
        if (event.type === 'm.room.topic') this.topics.set(roomId, event.content.topic);
      }
      const known = this.messages.get(roomId) ?? [];
      const news = (room.timeline ?? []).filter((event) => event.type === 'm.room.message');
      const bodies: string[] = news.map((event) => event.content.body);
      expect(room['limited'] === true && room['initial'] !== true && !room.isExpanded).toBe(false);
      this.messages.set(
        roomId,
        room['initial'] ? bodies : [...known, ...bodies.filter((body) => !known.includes(body))],
      );
    }
    for (const [roomId, events] of Object.entries<any[]>(more.account_data.rooms)) {
      for (const event of events) this.marks.set(roomId as RoomId, event.content.n);
    }
    for (const [roomId, { content }] of Object.entries<any>(more.receipts.rooms)) {
      for (const [eventId, byType] of Object.entries<any>(content)) {
        for (const user of Object.keys(byType['m.read'] ?? {})) {
          if (user.startsWith('@bob')) this.readUpTo.set(roomId as RoomId, eventId);
        }
      }
    }
  }
}

it.each(DIALECTS.flatMap((dialect) => [1, 2, 3].map((seed) => [dialect, seed] as const)))(
  'loses nothing in the %s dialect, whatever windows move and answers get lost (seed %i)',
  async (dialect, seed) => {
    await using server = await startHomeserver();
    const random = seededRandom(seed);
    const upTo = (limit: number) => Math.floor(random() * limit);
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    const truth = new Memory();
    const ids: RoomId[] = [];
    for (let n = 0; n < ROOMS; n += 1) {
      const roomId = await bob.createRoom({ preset: 'public_chat', topic: 'none' });
      await alice.join(roomId);
      ids.push(roomId);
      truth.messages.set(roomId, []);
      truth.topics.set(roomId, 'none');
    }
    const client = new SlidingClient(alice, dialect);
    const memory = new Memory();
    for (let step = 0; step < STEPS; step += 1) {
      const roomId = ids[upTo(ROOMS)] as RoomId;
      await happen(upTo(4), { alice, bob, roomId, step, truth });
      if (random() < 0.4) continue;
      const wish = wishOf(upTo(ROOMS), random() < 0.3 ? ids[upTo(ROOMS)] : undefined);
      if (random() < 0.3) await client.peek(wish);
      else memory.take(await client.sync(wish));
    }
    memory.take(await client.sync(wishOf(ROOMS, undefined)));
    for (const part of ['messages', 'topics', 'marks', 'readUpTo'] as const) {
      const sorted = (map: ReadonlyMap<RoomId, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
      expect([part, sorted(memory[part])]).toEqual([part, sorted(truth[part])]);
    }
    expect((await client.sync(wishOf(ROOMS, undefined))).rooms).toEqual({});
  },
  60_000,
);

const wishOf = (last: number, subscribed: RoomId | undefined): Wish => ({
  lists: { all: { range: [0, last], limit: 50, state: [['m.room.topic', '']] } },
  rooms: subscribed ? { [subscribed]: { limit: 50, state: [['m.room.topic', '']] } } : {},
  extensions,
});

interface World {
  readonly alice: TestUser;
  readonly bob: TestUser;
  readonly roomId: RoomId;
  readonly step: number;
  readonly truth: Memory;
}

async function happen(what: number, { alice, bob, roomId, step, truth }: World): Promise<void> {
  if (what === 0) {
    await bob.setState(roomId, 'm.room.topic', { topic: `topic ${step}` });
    truth.topics.set(roomId, `topic ${step}`);
  } else if (what === 1) {
    await alice.setAccountData('org.example.mark', { n: step }, roomId);
    truth.marks.set(roomId, step);
  } else {
    const eventId = await bob.say(roomId, `message ${step}`);
    truth.messages.get(roomId)?.push(`message ${step}`);
    if (what === 2) return;
    await bob.receipt(roomId, eventId);
    truth.readUpTo.set(roomId, eventId);
  }
}

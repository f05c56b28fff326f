import { expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { Random } from '../../fuzz/random.js';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

/** A client that puts together what a room is from what /sync says, as clients do. */
class Follower {
  /** event ids in the order of the room */
  readonly timeline: string[] = [];
  /** type and state key -> event id */
  readonly state = new Map<string, string>();

  constructor(
    private readonly user: TestUser,
    private readonly roomId: RoomId,
    private readonly key: 'state' | 'state_after',
  ) {}

  /** Syncs once, and fills the gap where there is one. */
  async step(limit: number, timeout = 0): Promise<void> {
    const filter = JSON.stringify({ room: { timeline: { limit } } });
    const query = { filter, timeout, ...(this.key === 'state_after' && { use_state_after: true }) };
    const room = (await this.user.sync(query)).rooms?.join?.[this.roomId];
    if (!room) return;
    const events: TestEvent[] = room.timeline.events;
    if (room.timeline.limited) this.timeline.push(...(await this.#gap(room.timeline.prev_batch)));
    this.timeline.push(...events.map((event) => event.event_id));
    const changes: TestEvent[] = [...room[this.key].events, ...(this.key === 'state' ? events : [])];
    for (const event of changes) {
      if (event.state_key !== undefined) this.state.set(`${event.type} ${event.state_key}`, event.event_id);
    }
  }

  /** What happened between the last event known and a place, oldest first. */
  async #gap(from: string): Promise<string[]> {
    const missed: string[] = [];
    const last = this.timeline.at(-1);
    for (let place: string | undefined = from; place !== undefined; ) {
      const page: { chunk: TestEvent[]; end?: string } = await this.user.messages(this.roomId, {
        from: place,
        limit: 5,
      });
      for (const { event_id: eventId } of page.chunk) {
        if (eventId === last) return missed;
        missed.unshift(eventId);
      }
      place = page.chunk.length > 0 ? page.end : undefined;
    }
    return missed;
  }
}

/** One thing that people do in a room; now and then somebody goes and comes back. */
async function doSomething(user: TestUser, roomId: RoomId, random: Random, mayGo: boolean): Promise<void> {
  const chance = random.next();
  const word = String(random.integer(1e9));
  if (chance < 0.5) await user.say(roomId, word);
  else if (chance < 0.8) await user.setState(roomId, 'org.example.state', { word }, `key ${random.integer(4)}`);
  else if (chance < 0.9 || !mayGo) await user.setState(roomId, 'm.room.topic', { topic: word });
  else {
    await user.leave(roomId);
    await user.join(roomId);
  }
}

describeEachDatabase('what clients put together from syncs', (databases) => {
  it.each(['state', 'state_after'] as const)('is the room, with %s', async (key) => {
    await using server = await startHomeserver({ database: await databases.create() });
    const people = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((name) => server.register(name)));
    const [alice, ...others] = people as [TestUser, ...TestUser[]];
    const roomId = await alice.createRoom({
      preset: 'public_chat',
      power_level_content_override: { state_default: 0 },
    });
    for (const other of others) await other.join(roomId);
    const random = new Random(key.length);
    const steady = await Promise.all([alice.logIn(), alice.logIn()]);
    const [eager, lazy] = steady.map((user) => new Follower(user, roomId, key)) as [Follower, Follower];

    const over = new AbortController();
    const following = [
      (async () => {
        while (!over.signal.aborted) await eager.step(10, 1000);
      })(),
      (async () => {
        while (!over.signal.aborted) await lazy.step(1 + random.integer(3), 1000);
      })(),
    ];
    await Promise.all(
      people.map(async (user, index) => {
        for (let count = 0; count < 20; count += 1) await doSomething(user, roomId, random, index > 1);
      }),
    );
    over.abort();
    await alice.say(roomId, 'the end');
    await Promise.all(following);

    for (const follower of [eager, lazy]) {
      await follower.step(2);
      expect(follower.timeline).toEqual(await everything(alice, roomId));
      const state = (await alice.state(roomId)).map((event) => [`${event.type} ${event.state_key}`, event.event_id]);
      expect(Object.fromEntries(follower.state)).toEqual(Object.fromEntries(state));
    }
  });
});

async function everything(user: TestUser, roomId: RoomId): Promise<string[]> {
  const { chunk } = await user.messages(roomId, { dir: 'f', limit: 1000 });
  return chunk.map((event) => event.event_id);
}

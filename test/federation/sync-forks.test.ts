import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestEvent, TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
});
afterAll(() => federation.stop());

/** Syncs on with a filter until `find` finds something. */
async function syncUntil(filter: string, find: (body: any) => unknown): Promise<void> {
  await expect.poll(async () => find(await alice.sync({ filter, timeout: 1000 })), { timeout: 10_000 }).toBeDefined();
}

describe('a state event on a branch of its own', () => {
  it.each(['11', '12'])('reaches a client whose timeline leaves it out, in room version %s', async (version) => {
    const fake = await federation.fakeServer(`fork${version}.test`);
    const room = new FakeRoom(fake, version).letIn();
    await alice.join(room.roomId, fake.name);
    const prevEvents = room.latest;
    const filter = JSON.stringify({
      room: { rooms: [room.roomId], timeline: { types: ['m.room.message'], limit: 1 } },
    });
    alice.since = undefined;
    await alice.sync({ filter });

    const topic = room.make({ type: 'm.room.topic', stateKey: '', content: { topic: 'aside' }, prevEvents });
    const said = room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body: 'here' }, prevEvents });
    const transaction = { origin: fake.name, origin_server_ts: Date.now(), pdus: [topic.pdu, said.pdu] };
    expect((await fake.ask(one, 'PUT', `/_matrix/federation/v1/send/${version}`, transaction)).status).toBe(200);

    let state: TestEvent[] = [];
    await syncUntil(filter, (body) => {
      const seen = body.rooms?.join?.[room.roomId];
      state = [...state, ...(seen?.state?.events ?? [])];
      return seen?.timeline.events.find(({ event_id }: TestEvent) => event_id === said.eventId);
    });
    expect(state.map(({ event_id }) => event_id)).toContain(topic.eventId);

    alice.since = undefined;
    const whole = (await alice.sync({ filter })).rooms.join[room.roomId];
    expect(whole.timeline.events.map(({ event_id }: TestEvent) => event_id)).toEqual([said.eventId]);
    expect(whole.state.events.map(({ event_id }: TestEvent) => event_id)).toContain(topic.eventId);
  });
});

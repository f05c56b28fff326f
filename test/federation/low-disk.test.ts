import { expect, it } from 'vitest';
import { FakeClock } from '../support/fake-clock.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';

it('leaves messages with the servers that send them while its disk is full, and takes them when there is room', async () => {
  const clock = new FakeClock(Date.now());
  const space = { free: 200e9, total: 500e9 };
  const federation = await startFederation(['hs1.test'], { clock, spaceOf: async () => space });
  const one = federation.server('hs1.test');
  const alice = await one.register('alice');
  const fake = await federation.fakeServer('fake.test');
  const room = new FakeRoom(fake, '12').letIn();
  await alice.ok('POST', `/join/${encodeURIComponent(room.roomId)}`, { query: { via: fake.name }, body: {} });
  const { pdu } = room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body: 'is there room?' } });
  const body = { origin: fake.name, origin_server_ts: clock.now(), pdus: [pdu] };
  const send = () => fake.ask(one, 'PUT', '/_matrix/federation/v1/send/t1', body, { isWrong: true });

  space.free = 0.1e9;
  await clock.advance(6_000);
  expect(await send()).toMatchObject({ status: 507 });
  expect((await alice.messages(room.roomId, { dir: 'b', limit: 1 })).chunk[0]?.content.body).toBeUndefined();

  space.free = 100e9;
  await clock.advance(6_000);
  expect(await send()).toMatchObject({ status: 200 });
  await expect
    .poll(async () => (await alice.messages(room.roomId, { dir: 'b', limit: 1 })).chunk[0]?.content.body)
    .toBe('is there room?');
  await federation.stop();
});

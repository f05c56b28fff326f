import { afterAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';
import { queryKeys } from '../matrix/encryption/keys.js';

const federation = await startFederation(['hs1.test']);
const one = federation.server('hs1.test');
const fake = await federation.fakeServer('fake.test');
const alice = await one.register('alice');
afterAll(() => federation.stop());

const DEVICES = /^\/_matrix\/federation\/v1\/user\/devices\//;
const MOST = 1000;

it('somebody whose server names ever more devices of them has no endless list', async () => {
  fake.on('PUT', /^\/_matrix\/federation\/v1\/send\//, { body: { pdus: {} } });
  const fay: UserId = '@fay:fake.test';
  const room = new FakeRoom(fake, '11').letIn();
  room.add({ type: 'm.room.member', sender: fay, stateKey: fay, content: { membership: 'join' } });
  fake.on('GET', DEVICES, ({ path }) => ({ body: { user_id: path[5], stream_id: 1, devices: [] } }));
  await alice.join(room.roomId, 'fake.test');
  await queryKeys(alice, { userId: fay });
  const asked = () => fake.received(DEVICES).filter(({ path }) => path[5] === fay).length;
  expect(asked()).toBe(1);
  const update = (at: number): JsonObject => ({
    edu_type: 'm.device_list_update',
    content: { user_id: fay, device_id: `D${at}`, stream_id: at + 1, prev_id: [at] },
  });
  const say = (from: number, upTo: number) =>
    fake.ask(one, 'PUT', `/_matrix/federation/v1/send/d${from}`, {
      origin: 'fake.test',
      origin_server_ts: Date.now(),
      pdus: [],
      edus: Array.from({ length: upTo - from }, (_, at) => update(from + at)),
    });
  for (let from = 1; from <= MOST; from += 100) expect((await say(from, from + 100)).status).toBe(200);
  expect(asked()).toBe(1);
  await say(MOST + 1, MOST + 2);
  await expect.poll(asked).toBe(2);
});

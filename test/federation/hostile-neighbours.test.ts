import { expect, it } from 'vitest';
import { toBase64 } from '../../src-main/base/base64.js';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import type { JsonObject } from '../../src-main/base/json.js';
import { type PduDraft, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { statement } from '../../src-main/storage/database.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';
import { rulesOf } from '../support/rooms.js';

/** What one server can do to what others do, and to this one's memory and disk. */
const segment = encodeURIComponent;
const V1 = '/_matrix/federation/v1';

it('an event that one server brings too early comes to its place when another brings it', async () => {
  await using federation = await startFederation(['hs1.test']);
  const one = federation.server('hs1.test');
  const alice = await one.register('alice');
  const [good, bad] = [await federation.fakeServer('good.test'), await federation.fakeServer('bad.test')];
  const room = new FakeRoom(good, '12').letIn();
  await alice.ok('POST', `/join/${segment(room.roomId)}`, { query: { via: 'good.test' }, body: {} });
  const text = (body: string) => room.add({ type: 'm.room.message', content: { msgtype: 'm.text', body } });
  const [before, last] = [text('before'), text('last')];
  // It never answers what it is asked for.
  bad.on('POST', new RegExp(`^${V1}/get_missing_events/`), () => undefined);
  good.on('POST', new RegExp(`^${V1}/get_missing_events/`), { body: { events: [before.pdu] } });
  const sends = (server: typeof good) =>
    server.ask(one, 'PUT', `${V1}/send/t1`, {
      origin: server.name,
      origin_server_ts: Date.now(),
      pdus: [last.pdu],
    });
  expect((await sends(bad)).status).toBe(200);
  await expect.poll(() => bad.received(/get_missing_events/).length).toBe(1);
  expect((await sends(good)).status).toBe(200);
  const latest = async () => (await alice.messages(room.roomId, { dir: 'b' })).chunk[0];
  await expect.poll(latest, { timeout: 4_000 }).toMatchObject({ content: { body: 'last' } });
});

it('a server that changes its keys all the time fills no disk with them', async () => {
  const clock = new FakeClock();
  await using federation = await startFederation(['hs1.test'], { clock });
  const one = federation.server('hs1.test');
  const fake = await federation.fakeServer('fake.test');
  const path = '/_matrix/key/v2/query/fake.test';
  let round = 0;
  for (round = 0; round < 5; round += 1) {
    const keys = (name: string, more: JsonObject) =>
      Object.fromEntries(
        Array.from({ length: 100 }, (_, at) => [
          `ed25519:${name}${round}_${at}`,
          { key: toBase64(randomKeyPair().publicKey), ...more },
        ]),
      );
    fake.keyAnswer = {
      verify_keys: { 'ed25519:fake': { key: toBase64(fake.key.publicKey) }, ...keys('new', {}) },
      old_verify_keys: keys('old', { expired_ts: clock.now() - 1000 }),
      valid_until_ts: clock.now() + 1000 * (round + 1),
    };
    const { body } = await fake.ask(one, 'GET', `${path}?minimum_valid_until_ts=${clock.now() + 500}`);
    expect(body.server_keys.length).toBeGreaterThan(0);
    clock.advance(100_000);
  }
  expect(fake.received('/_matrix/key/v2/server').length).toBeGreaterThanOrEqual(5);
  const { db } = one.homeserver;
  const count = async (table: string) =>
    Number((await db.get(statement<[], { count: number }>(`SELECT count(*) AS count FROM ${table}`)))?.count);
  expect(await count('server_keys')).toBeLessThanOrEqual(200);
  expect(await count('server_key_answers')).toBeLessThanOrEqual(200);
  // Its newest is still known.
  expect((await fake.ask(one, 'GET', `${V1}/version`)).status).toBe(200);
});

it('who has a server ask many others for their keys is slowed', async () => {
  await using federation = await startFederation(['hs1.test']);
  const one = federation.server('hs1.test');
  const fake = await federation.fakeServer('fake.test');
  const ask = (round: number) => {
    const names = Array.from({ length: 200 }, (_, at) => [`no name ${round} ${at}`, {}]);
    const body = { server_keys: Object.fromEntries(names) };
    return fake.ask(one, 'POST', '/_matrix/key/v2/query', body, { isWrong: true });
  };
  const replies = [];
  for (let round = 0; round < 8; round += 1) replies.push(await ask(round));
  expect(replies[0]).toMatchObject({ status: 200, body: { server_keys: [] } });
  expect(replies.at(-1)).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } });
});

it('a server whose keys never come holds up no other event', async () => {
  const clock = new FakeClock(Date.now());
  await using federation = await startFederation(['hs1.test'], { clock });
  const one = federation.server('hs1.test');
  const alice = await one.register('alice');
  const [bad, hangs] = [await federation.fakeServer('bad.test'), await federation.fakeServer('hangs.test')];
  let isGivenUp = false;
  hangs.on('GET', '/_matrix/key/v2/server', (_request, response) => {
    response.once('close', () => {
      isGivenUp = true;
    });
    return undefined;
  });
  const rules = rulesOf('1');
  const member = (membership: string, eventId: string) => {
    const draft = {
      type: 'm.room.member',
      sender: '@mallory:bad.test',
      state_key: alice.userId,
      room_id: '!room:bad.test',
      event_id: eventId,
      origin: 'bad.test',
      content: { membership },
      origin_server_ts: Date.now(),
      depth: 5,
      prev_events: [['$before:bad.test', {}]],
      auth_events: [['$create:bad.test', {}]],
    };
    return sealPdu(draft as unknown as PduDraft, rules, 'bad.test', bad.key);
  };
  const invite = member('invite', '$invite:bad.test');
  const path = `/_matrix/federation/v2/invite/${segment('!room:bad.test')}/${segment(invite.eventId)}`;
  const body = { room_version: '1', event: invite.pdu, invite_room_state: [] };
  expect(await bad.ask(one, 'PUT', path, body, { isWrong: true })).toMatchObject({ status: 200 });

  const { pdu } = member('leave', '$leave:hangs.test');
  const signatures = { ...pdu.signatures, 'hangs.test': { 'ed25519:x': 'AAAA' } };
  const transaction = { origin: 'bad.test', origin_server_ts: Date.now(), pdus: [{ ...pdu, signatures }] };
  const sending = bad.ask(one, 'PUT', `${V1}/send/t1`, transaction, { isWrong: true });
  await expect.poll(() => hangs.received('/_matrix/key/v2/server').length).toBe(1);
  clock.advance(20_000);
  expect((await sending).status).toBe(200);
  expect(isGivenUp).toBe(false);
});

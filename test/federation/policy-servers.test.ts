import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../src-main/base/base64.js';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import type { JsonObject } from '../../src-main/base/json.js';
import type { Pdu } from '../../src-main/spec/event.js';
import { signPdu } from '../../src-main/spec/signing.js';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeReply, type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const SIGN = '/_matrix/policy/v1/sign';
const OLD_SIGN = '/_matrix/policy/unstable/org.matrix.msc4284/sign';
const REFUSAL: FakeReply = { status: 400, body: { errcode: 'M_FORBIDDEN', error: 'That is spam' } };

/** A room that Alice has joined, whose own server recommends its events, or another that is in it. */
class PolicedRoom {
  readonly key = { keyId: 'ed25519:policy_server', ...randomKeyPair() };

  constructor(
    readonly fake: FakeServer,
    readonly room: FakeRoom,
  ) {}

  get roomId() {
    return this.room.roomId;
  }

  sign(pdu: JsonObject): JsonObject {
    return signPdu(pdu, this.room.rules, this.fake.name, this.key);
  }

  /** From now on answers so, or with its signature. */
  answers(reply?: FakeReply, path = SIGN): void {
    const signatures = ({ body }: { body: JsonObject }): FakeReply => {
      const signed = this.sign({ ...body, signatures: {} })['signatures'] as JsonObject;
      return { body: signed };
    };
    this.fake.on('POST', path, reply ?? signatures);
  }

  content(): JsonObject {
    return { via: this.fake.name, public_keys: { ed25519: toBase64(this.key.publicKey) } };
  }

  message(body: string) {
    return this.room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body } });
  }

  async send(pdus: unknown[]) {
    const body = { origin: this.fake.name, origin_server_ts: Date.now(), pdus };
    return this.fake.ask(one, 'PUT', `/_matrix/federation/v1/send/t${(count += 1)}`, body);
  }

  async bodies(): Promise<string[]> {
    const { chunk } = await alice.messages(this.roomId, { dir: 'f', limit: 100 });
    return chunk.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body as string);
  }

  shows(wanted: string[]) {
    return expect.poll(() => this.bodies(), { timeout: 10_000 }).toEqual(wanted);
  }

  /** Sends a message of Alice, and follows with what comes from elsewhere. */
  async aliceSays(body: string) {
    const path = `/rooms/${segment(this.roomId)}/send/m.room.message/t${(count += 1)}`;
    return alice.request('PUT', path, { body: { msgtype: 'm.text', body } });
  }

  get asked() {
    return this.fake.received(SIGN).length;
  }
}

/** @param type of the state event that names the policy server */
async function policed(version = '12', type = 'm.room.policy', change: (content: JsonObject) => JsonObject = (c) => c) {
  count += 1;
  const fake = await federation.fakeServer(`policy${count}.test`);
  fake.on('PUT', /^\/_matrix\/federation\/v1\/send\//, { body: { pdus: {} } });
  const room = new FakeRoom(fake, version).letIn();
  const it = new PolicedRoom(fake, room);
  it.answers();
  await alice.ok('POST', `/join/${segment(room.roomId)}`, { query: { via: fake.name }, body: {} });
  const old = { via: fake.name, public_key: toBase64(it.key.publicKey) };
  const content = change(type === 'm.room.policy' ? it.content() : old);
  const choice = room.add({ type, stateKey: '', content });
  await it.send([choice.pdu]);
  return it;
}

describe('events of people here', () => {
  it.each(['3', '10', '11', '12'])(
    'carry the recommendation of the policy server in room version %s',
    async (version) => {
      const here = await policed(version);
      expect(await here.aliceSays('hello')).toMatchObject({ status: 200 });
      const sent = () => here.fake.received(/\/v1\/send\//).flatMap(({ body }) => body.pdus as Pdu[]);
      await expect.poll(() => sent().length).toBe(1);
      const [pdu] = sent() as [Pdu];
      const expected = here.sign(pdu)['signatures'];
      expect(pdu.signatures).toEqual(expected);
      expect(Object.keys(pdu.signatures)).toEqual(expect.arrayContaining(['hs1.test', here.fake.name]));
      await here.shows(['hello']);
    },
  );

  it('are not sent when the policy server refuses them, which clients hear in its words', async () => {
    const here = await policed();
    here.answers(REFUSAL);
    expect(await here.aliceSays('spam')).toMatchObject({ status: 400, body: REFUSAL.body });
    here.answers({ body: {} });
    expect(await here.aliceSays('spam')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    here.answers({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', error: 'slowly', retry_after_ms: 700 } });
    expect(await here.aliceSays('spam')).toMatchObject({
      status: 429,
      body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 700 },
    });
    here.answers();
    await here.aliceSays('no spam');
    await here.shows(['no spam']);
    const sent = () => here.fake.received(/\/v1\/send\//).flatMap(({ body }) => body.pdus as Pdu[]);
    await expect.poll(() => sent().length).toBe(1);
    expect(sent()[0]?.content['body']).toBe('no spam');
  });

  it('are not sent when the policy server cannot be asked, or signs with another key', async () => {
    const here = await policed();
    here.fake.on('POST', SIGN, (_request, response) => void response.destroy());
    expect(await here.aliceSays('lost')).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
    const other = new PolicedRoom(here.fake, here.room);
    other.answers();
    expect(await here.aliceSays('wrong key')).toMatchObject({ status: 502 });
    here.answers();
    await here.aliceSays('found');
    await here.shows(['found']);
  });

  it('are the same when a client sends them twice', async () => {
    const here = await policed();
    const path = `/rooms/${segment(here.roomId)}/send/m.room.message/once`;
    const body = { msgtype: 'm.text', body: 'once' };
    const twice = await Promise.all([alice.request('PUT', path, { body }), alice.request('PUT', path, { body })]);
    const again = await alice.request('PUT', path, { body });
    expect(new Set([...twice, again].map((reply) => reply.body.event_id)).size).toBe(1);
    await here.shows(['once']);
  });

  it('come to stand beside what came while the policy server thought', async () => {
    const here = await policed();
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    let answer = () => {};
    const may = new Promise<void>((resolve) => (answer = resolve));
    here.fake.on('POST', SIGN, async ({ body }) => {
      isAsked();
      await may;
      return { body: here.sign({ ...body, signatures: {} })['signatures'] };
    });
    const sending = here.aliceSays('slow');
    await asked;
    const quick = here.message('quick');
    await here.send([here.sign(quick.pdu)]);
    answer();
    expect(await sending).toMatchObject({ status: 200 });
    await here.shows(['quick', 'slow']);
  });

  it('change the state and memberships with its recommendation too', async () => {
    const here = await policed();
    const bob = await one.register(`bob${count}`);
    here.answers(REFUSAL);
    const via = { query: { via: here.fake.name }, body: {} };
    expect(await bob.request('POST', `/join/${segment(here.roomId)}`, via)).toMatchObject({
      status: 400,
      body: { errcode: 'M_FORBIDDEN' },
    });
    here.answers();
    expect(await bob.request('POST', `/join/${segment(here.roomId)}`, via)).toMatchObject({ status: 200 });
    here.answers(REFUSAL);
    expect(await bob.request('POST', `/rooms/${segment(here.roomId)}/leave`, { body: {} })).toMatchObject({
      status: 400,
    });
  });

  it('are shown to policy servers of before it was in the spec at their old path', async () => {
    const here = await policed('11', 'org.matrix.msc4284.policy');
    here.answers({ status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'no' } });
    here.answers(undefined, OLD_SIGN);
    expect(await here.aliceSays('old')).toMatchObject({ status: 200 });
    expect(here.fake.received(OLD_SIGN)).toHaveLength(1);
  });
});

describe('events of others', () => {
  it('are shown with a good recommendation, and nobody is asked', async () => {
    const here = await policed();
    const asked = here.asked;
    await here.send([here.sign(here.message('good').pdu)]);
    await here.shows(['good']);
    expect(here.asked).toBe(asked);
  });

  it('are shown once the policy server recommends them, and passed on with its signature', async () => {
    const here = await policed();
    const { pdu, eventId } = here.message('unsigned');
    await here.send([pdu]);
    await here.shows(['unsigned']);
    const { body } = await here.fake.ask(one, 'GET', `/_matrix/federation/v1/event/${segment(eventId)}`);
    expect(body.pdus[0].signatures).toEqual(here.sign(pdu)['signatures']);
  });

  it.each<[string, FakeReply]>([
    ['refuses', REFUSAL],
    ['says nothing', { body: {} }],
    ['fails', { status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } }],
    ['is none', { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'what?' } }],
    ['signs wrong', { body: { 'x.test': { 'ed25519:policy_server': 'AAAA' } } }],
  ])('are not shown when the policy server %s, and what follows them is', async (_case, reply) => {
    const here = await policed();
    here.answers(reply);
    const spam = here.message('spam');
    here.room.take(spam.pdu);
    await here.send([spam.pdu]);
    await expect.poll(() => here.asked).toBeGreaterThan(0);
    const after = here.message('no spam');
    await here.send([here.sign(after.pdu)]);
    await here.shows(['no spam']);
    expect(await alice.request('GET', `/rooms/${segment(here.roomId)}/event/${segment(spam.eventId)}`)).toMatchObject({
      status: 404,
    });
  });

  it('are asked about again where the recommendation is wrong', async () => {
    const here = await policed();
    const { pdu } = here.message('resigned');
    const signatures = {
      ...pdu.signatures,
      [here.fake.name]: { ...pdu.signatures[here.fake.name], 'ed25519:policy_server': 'AAAA' },
    };
    await here.send([{ ...pdu, signatures }]);
    await here.shows(['resigned']);
  });

  it('are asked about once, however often they come', async () => {
    const here = await policed();
    here.answers(REFUSAL);
    const asked = here.asked;
    const { pdu } = here.message('spam');
    for (let times = 0; times < 3; times += 1) await here.send([pdu]);
    await here.send([here.sign(here.message('end').pdu)]);
    await here.shows(['end']);
    expect(here.asked).toBe(asked + 1);
  });

  it('are not asked about while the policy server does not answer, until it has rested', async () => {
    const here = await policed();
    here.answers({ status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } });
    await here.send([here.message('first').pdu]);
    await expect.poll(() => here.asked).toBe(1);
    await here.send([here.message('second').pdu]);
    await here.send([here.sign(here.message('end').pdu)]);
    await here.shows(['end']);
    expect(here.asked).toBe(1);
  });

  it('may give the policy server up without asking it', async () => {
    const here = await policed();
    here.answers(REFUSAL);
    await here.send([here.room.add({ type: 'm.room.policy', stateKey: '', content: {} }).pdu]);
    await here.send([here.message('free').pdu]);
    await here.shows(['free']);
    expect(await here.aliceSays('free too')).toMatchObject({ status: 200 });
    expect(here.asked).toBe(0);
  });

  it.each<[string, (content: JsonObject) => JsonObject]>([
    ['nobody of which is in the room', (content) => ({ ...content, via: 'absent.test' })],
    ['without a key', ({ via }) => ({ via: via as string, public_keys: {} })],
    ['with a key that is none', ({ via }) => ({ via: via as string, public_keys: { ed25519: 'AAAA' } })],
    ['of no name', ({ public_keys }) => ({ via: 7, public_keys: public_keys as JsonObject })],
    ['that is this server itself', (content) => ({ ...content, via: 'hs1.test' })],
  ])('are shown in rooms that name a policy server %s', async (_case, change) => {
    const here = await policed('12', 'm.room.policy', change);
    here.answers(REFUSAL);
    await here.send([here.message('free').pdu]);
    await here.shows(['free']);
    expect(await here.aliceSays('free too')).toMatchObject({ status: 200 });
    expect(here.asked).toBe(0);
  });

  it('are not asked about for servers that are not in the room', async () => {
    const here = await policed();
    const stranger = await federation.fakeServer(`stranger${count}.test`);
    const { pdu } = new FakeRoom(stranger, '12').make({ type: 'm.room.message', content: {} });
    const forged = here.room.make({ type: 'm.room.message', sender: `@x:${stranger.name}` });
    const { hashes: _h, signatures: _s, ...draft } = forged.pdu;
    const { sealPdu } = await import('../../src-main/spec/seal-pdu.js');
    const sealed = sealPdu(draft as never, here.room.rules, stranger.name, stranger.key);
    expect(pdu.sender).not.toBe(sealed.pdu.sender);
    const asked = here.asked;
    const body = { origin: stranger.name, origin_server_ts: Date.now(), pdus: [sealed.pdu] };
    await stranger.ask(one, 'PUT', '/_matrix/federation/v1/send/x', body);
    await here.send([here.sign(here.message('end').pdu)]);
    await here.shows(['end']);
    expect(here.asked).toBe(asked);
  });
});

describe('history of others', () => {
  /** A room with old messages, in which those that begin with `spam` are not recommended. */
  async function withHistory(bodies: readonly string[]) {
    const fake = await federation.fakeServer(`policy${(count += 1)}.test`);
    fake.on('PUT', /^\/_matrix\/federation\/v1\/send\//, { body: { pdus: {} } });
    const here = new PolicedRoom(fake, new FakeRoom(fake, '12').letIn());
    here.room.add({ type: 'm.room.policy', stateKey: '', content: here.content() });
    for (const body of bodies) here.room.add({ type: 'm.room.message', content: { msgtype: 'm.text', body } });
    const told = here.room.events.map(({ pdu }) => pdu).toReversed();
    fake.on('GET', `/_matrix/federation/v1/backfill/${segment(here.roomId)}`, () => ({
      body: { origin: fake.name, origin_server_ts: Date.now(), pdus: told as unknown as JsonObject[] },
    }));
    fake.on('POST', SIGN, ({ body }) => {
      const isSpam = String(body.content?.body).startsWith('spam');
      return isSpam ? REFUSAL : { body: here.sign({ ...body, signatures: {} })['signatures'] };
    });
    await alice.ok('POST', `/join/${segment(here.roomId)}`, { query: { via: fake.name }, body: {} });
    return here;
  }

  it('is shown as far as the policy server recommends it', async () => {
    const here = await withHistory(['one', 'spam', 'two', 'spam again']);
    expect(await here.bodies()).toEqual(['one', 'two']);
    const asked = here.asked;
    expect(await here.bodies()).toEqual(['one', 'two']);
    expect(here.asked).toBe(asked);
  });

  it('waits while the policy server cannot be asked', async () => {
    const here = await withHistory(['one', 'two']);
    here.answers({ status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } });
    expect(await here.bodies()).toEqual([]);
  });

  it('goes on before a piece of it that ends with what is not recommended', async () => {
    const here = await withHistory(['one', 'two', 'spam', 'three']);
    const all = here.room.events;
    const cut = all.findIndex(({ pdu }) => pdu.content['body'] === 'spam');
    const path = `/_matrix/federation/v1/backfill/${segment(here.roomId)}`;
    const at = (id: string | null) => all.findIndex(({ eventId }) => eventId === id);
    here.fake.on('GET', path, ({ query }) => {
      const last = at(query.get('v'));
      const first = last === all.length - 1 ? cut : 0;
      const pdus = all
        .slice(first, last + 1)
        .map(({ pdu }) => pdu)
        .toReversed() as unknown as JsonObject[];
      return { body: { origin: here.fake.name, origin_server_ts: Date.now(), pdus } };
    });
    const before = all.slice(0, cut);
    const state = before.filter(({ stateKey }) => stateKey !== undefined);
    const ids = state.map(({ eventId }) => eventId);
    here.fake.on('GET', `/_matrix/federation/v1/state_ids/${segment(here.roomId)}`, {
      body: { pdu_ids: ids, auth_chain_ids: ids },
    });
    expect(await here.bodies()).toEqual(['one', 'two', 'three']);
  });
});

it('is no policy server itself', async () => {
  const fake = await federation.fakeServer('asks.test');
  const room = new FakeRoom(fake, '12');
  expect(await fake.ask(one, 'POST', SIGN, room.events[0]?.pdu)).toMatchObject({
    status: 404,
    body: { errcode: 'M_UNRECOGNIZED' },
  });
});

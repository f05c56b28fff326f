import { afterAll, beforeAll, expect, it } from 'vitest';
import { signJson } from '../../../src-main/spec/signing.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { crossSigningIdentity, nameOf, oneTimeKeys, uploadIdentity, fallbackKey } from './keys.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

/** Alice and Bob, nowhere together yet. */
async function two(): Promise<[TestUser, TestUser]> {
  count += 1;
  return [await one.register(`alice${count}`), await one.register(`bob${count}`)];
}

async function together(...users: TestUser[]) {
  const [first, ...others] = users;
  const roomId = await first!.createRoom({ preset: 'public_chat' });
  for (const user of others) await user.join(roomId);
  return roomId;
}

interface Lists {
  readonly changed: string[];
  readonly left: string[];
}

/** What one sync says, and that /keys/changes says the same of its span. */
async function lists(user: TestUser): Promise<Lists> {
  const from = user.since;
  const body = await user.sync();
  const said = { changed: body.device_lists?.changed ?? [], left: body.device_lists?.left ?? [] };
  if (from !== undefined) {
    const changes = await user.ok('GET', '/keys/changes', { query: { from, to: user.since } });
    expect({ changed: changes.changed.toSorted(), left: changes.left.toSorted() }).toEqual({
      changed: said.changed.toSorted(),
      left: said.left.toSorted(),
    });
  }
  return said;
}

it('tells those who share a room that somebody’s keys changed, once', async () => {
  const [alice, bob] = await two();
  const carol = await one.register(`carol${count}`);
  await together(alice, bob);
  for (const user of [alice, bob, carol]) await user.sync();
  await uploadIdentity(bob);
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
  expect(await lists(bob)).toEqual({ changed: [bob.userId], left: [] });
  expect(await lists(carol)).toEqual({ changed: [], left: [] });
  expect(await lists(alice)).toEqual({ changed: [], left: [] });
});

it('tells of a new device, a deleted one and another name', async () => {
  const [alice, bob] = await two();
  await together(alice, bob);
  const phone = await bob.logIn();
  await alice.sync();
  await uploadIdentity(phone);
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
  await bob.ok('PUT', `/devices/${phone.deviceId}`, { body: { display_name: 'Phone' } });
  await alice.syncUntilBody((body) => body.device_lists?.changed?.includes(bob.userId) || undefined);
  await phone.ok('POST', '/logout', { body: {} });
  await alice.syncUntilBody((body) => body.device_lists?.changed?.includes(bob.userId) || undefined);
});

it('says nothing when the same keys are uploaded again, or one-time keys', async () => {
  const [alice, bob] = await two();
  await together(alice, bob);
  const { deviceKeys } = await uploadIdentity(bob);
  await alice.sync();
  await bob.ok('POST', '/keys/upload', { body: { device_keys: deviceKeys, one_time_keys: oneTimeKeys('a') } });
  expect(await lists(alice)).toEqual({ changed: [], left: [] });
});

it('tells of cross-signing keys', async () => {
  const [alice, bob] = await two();
  await together(alice, bob);
  await alice.sync();
  await bob.ok('POST', '/keys/device_signing/upload', { body: crossSigningIdentity(bob).body });
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
});

it('tells who signed somebody’s key, and nobody else', async () => {
  const [alice, bob] = await two();
  await together(alice, bob);
  const [mine, his] = [crossSigningIdentity(alice), crossSigningIdentity(bob)];
  await alice.ok('POST', '/keys/device_signing/upload', { body: mine.body });
  await bob.ok('POST', '/keys/device_signing/upload', { body: his.body });
  await alice.sync();
  await bob.sync();
  const signed = signJson(his.body.master_key, alice.userId, mine.userSigning);
  await alice.ok('POST', '/keys/signatures/upload', { body: { [bob.userId]: { [nameOf(his.master)]: signed } } });
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
  expect(await lists(bob)).toEqual({ changed: [], left: [] });
});

it('brings people into sight who join, and takes them out when they leave', async () => {
  const [alice, bob] = await two();
  const roomId = await together(alice);
  await alice.sync();
  await bob.sync();
  await bob.join(roomId);
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
  expect(await lists(bob)).toEqual({ changed: [alice.userId], left: [] });
  await bob.leave(roomId);
  expect(await lists(alice)).toEqual({ changed: [], left: [bob.userId] });
  expect(await lists(bob)).toEqual({ changed: [], left: [alice.userId] });
  await bob.join(roomId);
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
  expect(await lists(bob)).toEqual({ changed: [alice.userId], left: [] });
});

it('keeps people in sight with whom another room is shared', async () => {
  const [alice, bob] = await two();
  const first = await together(alice, bob);
  await together(alice, bob);
  await alice.sync();
  await bob.sync();
  await bob.leave(first);
  expect(await lists(alice)).toEqual({ changed: [], left: [] });
  expect(await lists(bob)).toEqual({ changed: [], left: [] });
});

it('says nothing of people who come and go between two syncs, but that they are gone', async () => {
  const [alice, bob] = await two();
  const roomId = await together(alice);
  await alice.sync();
  await bob.join(roomId);
  await bob.leave(roomId);
  expect((await lists(alice)).changed).toEqual([]);
});

it('takes people out of sight who are banned, and those who ban out of theirs', async () => {
  const [alice, bob] = await two();
  const roomId = await together(alice, bob);
  await alice.sync();
  await bob.sync();
  await alice.moderate('ban', roomId, bob.userId);
  expect(await lists(alice)).toEqual({ changed: [], left: [bob.userId] });
  expect(await lists(bob)).toEqual({ changed: [], left: [alice.userId] });
});

it('says nothing when somebody takes another name in the room', async () => {
  const [alice, bob] = await two();
  await together(alice, bob);
  await alice.sync();
  await bob.setDisplayName('Robert');
  await alice.sync();
  expect(await lists(alice)).toEqual({ changed: [], left: [] });
});

it('remembers what changed over a restart', async () => {
  await using other = await startHomeserver();
  const [alice, bob] = [await other.register('alice'), await other.register('bob')];
  await together(alice, bob);
  await alice.sync();
  await uploadIdentity(bob);
  await other.restart();
  expect(await lists(alice)).toEqual({ changed: [bob.userId], left: [] });
});

it('wakes a waiting sync', async () => {
  const [alice, bob] = await two();
  await together(alice, bob);
  await alice.sync();
  const waiting = alice.syncUntilBody((body) => body.device_lists?.changed);
  await uploadIdentity(bob);
  expect(await waiting).toEqual([bob.userId]);
});

it('refuses to tell the changes since what is no token', async () => {
  const [alice] = await two();
  await alice.sync();
  const { since } = alice;
  for (const query of [
    { from: 'yesterday', to: since },
    { from: since, to: 'tomorrow' },
  ]) {
    expect(await alice.get('/keys/changes', query)).toMatchObject({
      status: 400,
      body: { errcode: 'M_INVALID_PARAM' },
    });
  }
  expect(await alice.get('/keys/changes', { to: since })).toMatchObject({
    status: 400,
    body: { errcode: 'M_MISSING_PARAM' },
  });
});

const counts = (signed_curve25519: number, types: string[]) => ({
  device_one_time_keys_count: { signed_curve25519 },
  device_unused_fallback_key_types: types,
});

it('says in each sync how many one-time keys are left, and whether the fallback key is unused', async () => {
  const [alice, bob] = await two();
  expect(await alice.sync()).toMatchObject({
    device_one_time_keys_count: { signed_curve25519: 0 },
    device_unused_fallback_key_types: [],
  });
  await alice.ok('POST', '/keys/upload', {
    body: { one_time_keys: oneTimeKeys('a'), fallback_keys: fallbackKey('f') },
  });
  expect(await alice.sync()).toMatchObject(counts(1, ['signed_curve25519']));
  const claim = () =>
    bob.ok('POST', '/keys/claim', {
      body: { one_time_keys: { [alice.userId]: { [alice.deviceId]: 'signed_curve25519' } } },
    });
  await claim();
  expect(await alice.sync()).toMatchObject(counts(0, ['signed_curve25519']));
  await claim();
  expect(await alice.sync()).toMatchObject(counts(0, []));
  await alice.ok('POST', '/keys/upload', { body: { fallback_keys: fallbackKey('f') } });
  expect(await alice.sync()).toMatchObject(counts(0, []));
  await alice.ok('POST', '/keys/upload', { body: { fallback_keys: fallbackKey('g') } });
  expect(await alice.sync()).toMatchObject(counts(0, ['signed_curve25519']));
});

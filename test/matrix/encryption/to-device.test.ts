import { expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const TYPE = 'm.room_key_request';

/** The contents that one sync brings. */
async function received(user: TestUser): Promise<unknown[]> {
  const { to_device } = await user.sync();
  return (to_device?.events ?? []).map(({ content }: { content: unknown }) => content);
}

const numbered = (n: number) => ({ n });

describeEachDatabase('to-device messages', (databases) => {
  const start = async () => startHomeserver({ database: await databases.create() });

  it('reach the device once, with their sender and type', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await bob.sync();
    await alice.sendToDevice(TYPE, { [bob.userId]: { [bob.deviceId]: { hello: 'bob' } } });
    const { to_device } = await bob.sync();
    expect(to_device.events).toEqual([{ type: TYPE, sender: alice.userId, content: { hello: 'bob' } }]);
    expect(await received(bob)).toEqual([]);
  });

  it('wait for a device that was never there before', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await alice.sendToDevice(TYPE, { [bob.userId]: { [bob.deviceId]: numbered(1) } });
    expect(await received(bob)).toEqual([numbered(1)]);
  });

  it('come again until the device says that it has them', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await bob.sync();
    await alice.sendToDevice(TYPE, { [bob.userId]: { [bob.deviceId]: numbered(1) } });
    const { since } = bob;
    expect(await received(bob)).toEqual([numbered(1)]);
    bob.since = since;
    expect(await received(bob)).toEqual([numbered(1)]);
    expect(await received(bob)).toEqual([]);
  });

  it('do not come again to a device that starts anew after it had them', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await alice.sendToDevice(TYPE, { [bob.userId]: { [bob.deviceId]: numbered(1) } });
    expect(await received(bob)).toEqual([numbered(1)]);
    await bob.sync();
    await expect
      .poll(async () => {
        bob.since = undefined;
        return received(bob);
      })
      .toEqual([]);
  });

  it('reach all devices of a user, or those named, or several users', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    const phone = await bob.logIn();
    await alice.sendToDevice(TYPE, {
      [bob.userId]: { '*': numbered(1), [phone.deviceId]: numbered(2), NOSUCHDEVICE: numbered(3) },
      [alice.userId]: { '*': numbered(4) },
      '@nobody:hearth.test': { '*': numbered(5) },
      '@far:elsewhere.test': { '*': numbered(6) },
      'no user id': { '*': numbered(7) },
    });
    expect(await received(bob)).toEqual([numbered(1)]);
    expect(await received(phone)).toEqual([numbered(2)]);
    expect(await received(alice)).toEqual([numbered(4)]);
  });

  it.each([
    ['a fraction', 0.5],
    ['a number beyond 53 bits', 1e308],
    ['half a letter', '\ud800'],
  ])('are refused when %s is in one for another server, which nobody could sign', async (_what, value) => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    const messages = { [bob.userId]: { '*': { value } }, '@far:elsewhere.test': { '*': { value } } };
    const { status, body } = await alice.put(`/_matrix/client/v3/sendToDevice/${TYPE}/one`, { messages });
    expect([status, body.errcode]).toEqual([400, 'M_BAD_JSON']);
    expect(await received(bob)).toEqual([]);
  });

  it('are sent once for each transaction, type and device', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    const phone = await alice.logIn();
    const to = (n: number) => ({ [bob.userId]: { [bob.deviceId]: numbered(n) } });
    await alice.sendToDevice(TYPE, to(1), 'txn');
    await alice.sendToDevice(TYPE, to(2), 'txn');
    await alice.sendToDevice('m.other', to(3), 'txn');
    await phone.sendToDevice(TYPE, to(4), 'txn');
    await one.restart();
    await alice.sendToDevice(TYPE, to(5), 'txn');
    expect(await received(bob)).toEqual([1, 3, 4].map(numbered));
  });

  it('come in the order in which they were sent, a hundred at a time, and none is lost between', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await bob.sync();
    const numbers = Array.from({ length: 250 }, (_, index) => index);
    for (const n of numbers) await alice.sendToDevice(TYPE, { [bob.userId]: { [bob.deviceId]: numbered(n) } });
    const batches: unknown[][] = [];
    for (let batch = await received(bob); batch.length > 0; batch = await received(bob)) batches.push(batch);
    expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(batches.flat()).toEqual(numbers.map(numbered));
    await alice.sendToDevice(TYPE, { [bob.userId]: { [bob.deviceId]: numbered(250) } });
    expect(await received(bob)).toEqual([numbered(250)]);
  });

  it('survive a restart', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await bob.sync();
    await alice.sendToDevice(TYPE, { [bob.userId]: { '*': numbered(1) } });
    await one.restart();
    expect(await received(bob)).toEqual([numbered(1)]);
    await one.restart();
    expect(await received(bob)).toEqual([]);
  });

  it('wake a waiting sync', async () => {
    await using one = await start();
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    await bob.sync();
    const waiting = bob.syncUntilBody((body) => body.to_device?.events?.[0]);
    await alice.sendToDevice(TYPE, { [bob.userId]: { '*': numbered(1) } });
    expect(await waiting).toMatchObject({ content: numbered(1) });
  });

  it('are refused in another shape and when too large', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const path = `/sendToDevice/${TYPE}/txn`;
    const cases: [string, unknown, number, string][] = [
      ['no messages', {}, 400, 'M_MISSING_PARAM'],
      ['a text for messages', { messages: 'hello' }, 400, 'M_BAD_JSON'],
      ['a text for a content', { messages: { [alice.userId]: { '*': 'hello' } } }, 400, 'M_BAD_JSON'],
      ['a list for a content', { messages: { [alice.userId]: { '*': [] } } }, 400, 'M_BAD_JSON'],
      ['a large one', { messages: { [alice.userId]: { '*': { text: 'x'.repeat(70_000) } } } }, 413, 'M_TOO_LARGE'],
      ['no JSON', '{', 400, 'M_NOT_JSON'],
    ];
    for (const [what, body, status, errcode] of cases) {
      expect([what, await alice.put(path, body)]).toMatchObject([what, { status, body: { errcode } }]);
    }
    expect(await received(alice)).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { Waking } from '../../src-main/health/waking.js';
import { FakeClock } from '../support/fake-clock.js';

const SECOND = 1000;
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A server that wakes up, and what it does then. */
function scene({ isReached = true } = {}) {
  const clock = new FakeClock();
  const done: string[] = [];
  const network = { isThere: true };
  const telling = { hold: Promise.resolve(), count: { told: 3, answered: 2 } };
  const waking = new Waking({
    clock,
    log: silentLogger,
    isReached,
    isOnline: () => network.isThere,
    engine: {
      runNow: async (codes = []) => {
        done.push(`look at ${codes.join(' ')}`);
      },
    },
    wakeUps: {
      async tell(signal) {
        done.push('tell');
        await Promise.race([telling.hold, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
        return telling.count;
      },
    },
    queues: {
      *servers() {
        yield { server: 'b.test', since: undefined };
      },
      sendNow: (server) => void done.push(`send to ${server}`),
    },
    activity: {
      add: async (id, fields) => void done.push(`note ${id} ${JSON.stringify(fields)}`),
    },
  });
  const { signal, ...ending } = { signal: new AbortController().signal };
  const begin = (id = 7) => waking.begin(Promise.resolve(id), signal);
  return { ...ending, clock, done, network, telling, waking, begin };
}

const LOOKS = [
  'look at offline',
  'look at clock',
  'look at address-changed dns-record',
  'look at certificate certificate-chain',
];

it('looks at clock, address and certificate, tells other servers, then sends what waits', async () => {
  const { begin, waking, done } = scene();
  begin();
  await waking.ended();
  expect(done).toEqual([...LOOKS, 'tell', 'note 7 {"told":3,"answered":2}', 'send to b.test']);
});

it('waits for the network first, but not for ever', async () => {
  const { begin, waking, done, network, clock } = scene();
  network.isThere = false;
  begin();
  for (let count = 0; count < 5; count += 1) {
    await tick();
    clock.advance(2 * SECOND);
  }
  expect(done).toEqual([]);
  network.isThere = true;
  await tick();
  clock.advance(2 * SECOND);
  await waking.ended();
  expect(done).toContain('tell');

  network.isThere = false;
  done.length = 0;
  begin();
  await tick();
  clock.advance(120 * SECOND);
  await waking.ended();
  expect(done).toContain('tell');
});

it('gives up what is left when the computer slept again, and does it once more', async () => {
  const { begin, waking, done, telling } = scene();
  telling.hold = new Promise(() => undefined);
  begin(1);
  await expect.poll(() => done).toContain('tell');
  telling.hold = Promise.resolve();
  begin(2);
  await waking.ended();
  const counted = '{"told":3,"answered":2}';
  expect(done).toEqual([
    ...LOOKS,
    'tell',
    `note 1 ${counted}`,
    ...LOOKS,
    'tell',
    `note 2 ${counted}`,
    'send to b.test',
  ]);
});

it('notes nothing where nobody was told', async () => {
  const { begin, waking, done, telling } = scene();
  telling.count = { told: 0, answered: 0 };
  begin();
  await waking.ended();
  expect(done).toEqual([...LOOKS, 'tell', 'send to b.test']);
});

it('tells nobody of a server that none can reach', async () => {
  const { begin, waking, done } = scene({ isReached: false });
  begin();
  await waking.ended();
  expect(done).toEqual([]);
});

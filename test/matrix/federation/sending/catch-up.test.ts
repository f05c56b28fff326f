import { expect, it } from 'vitest';
import { CatchUp } from '../../../../src-main/matrix/federation/sending/catch-up.js';
import { Outbox } from '../../../../src-main/matrix/federation/sending/outbox.js';
import { OutgoingLog } from './outgoing-log.js';

const NOTHING = { stored: [], moment: { texts: [], receipts: [] } };

/** Everything that a server gets until it has everything. */
async function caughtUp(log: OutgoingLog, box: Outbox): Promise<number[]> {
  const catchUp = new CatchUp({ events: log.events, distributed: () => log.pdus.length });
  const sent: number[] = [];
  for (;;) {
    const page = await catchUp.next('two.test', box, 50);
    if (!page) return sent;
    expect(page.pdus.length).toBeLessThanOrEqual(50);
    sent.push(...page.pdus.map(({ position }) => position));
    box.confirm({ ...page, ...NOTHING }, 0);
  }
}

const boxAt = (behind: number, wasDown: boolean): Outbox => Object.assign(new Outbox(), { behind, wasDown });

it('sends all that a server missed, in order, of the rooms that it is in', async () => {
  const log = new OutgoingLog(['two.test']);
  for (let at = 0; at < 300; at += 1) log.add(at % 3 === 0 ? '!elsewhere' : '!here');
  const box = boxAt(10, true);
  const wanted = log.pdus.filter(({ position, roomId }) => position > 10 && roomId === '!here');
  expect(await caughtUp(log, box)).toEqual(wanted.map(({ position }) => position));
  expect(box.behind).toBeUndefined();
});

it('sends only the newest of each room to a server that was away for long', async () => {
  const log = new OutgoingLog(['two.test']);
  for (let at = 0; at < 3_000; at += 1) log.add(`!room${at % 7}`);
  log.add('!elsewhere');
  expect(await caughtUp(log, boxAt(10, true))).toEqual([2994, 2995, 2996, 2997, 2998, 2999, 3000]);
});

it('sends everything to a server that is slow but there', async () => {
  const log = new OutgoingLog(['two.test']);
  for (let at = 0; at < 1_500; at += 1) log.add('!here');
  expect(await caughtUp(log, boxAt(0, false))).toHaveLength(1_500);
});

it('goes on from what arrived when a server goes away in the middle', async () => {
  const log = new OutgoingLog(['two.test']);
  for (let at = 0; at < 120; at += 1) log.add('!here');
  const box = boxAt(0, true);
  const catchUp = new CatchUp({ events: log.events, distributed: () => log.pdus.length });
  const first = await catchUp.next('two.test', box, 50);
  box.confirm({ pdus: [], reached: first?.reached ?? 0, ...NOTHING }, 0);
  await catchUp.next('two.test', box, 50);
  box.rest(120);
  expect(box.low(120)).toBe(50);
  expect((await caughtUp(log, box))[0]).toBe(51);
});

it('keeps what waits in memory while it is little, and only its place when it is much', () => {
  const log = new OutgoingLog(['two.test']);
  const box = new Outbox();
  for (let at = 0; at < 400; at += 1) box.push(log.add('!here'), 0);
  expect([box.pdus.length, box.low(400)]).toEqual([400, 0]);
  box.confirm({ pdus: box.pdus.slice(0, 50), reached: 50, ...NOTHING }, 0);
  expect([box.pdus.length, box.low(400)]).toEqual([350, 50]);
  for (let at = 0; at < 400; at += 1) box.push(log.add('!here'), 0);
  expect([box.pdus.length, box.behind, box.low(800)]).toEqual([0, 50, 50]);
  box.confirm({ pdus: [], reached: 100, ...NOTHING }, 0);
  expect(box.low(800)).toBe(100);
});

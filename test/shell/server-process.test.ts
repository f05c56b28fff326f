import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { ControlEvents } from '../../src-main/control/procedure.js';
import type { FromCore, ToCore } from '../../src-main/shell/core-protocol.js';
import { type CoreChild, ServerProcess } from '../../src-main/shell/electron/server-process.js';
import { FakeClock } from '../support/fake-clock.js';

/** The process of a server that does what the test says. */
class FakeChild extends EventEmitter implements CoreChild {
  readonly heard: ToCore[] = [];
  isKilled = false;

  postMessage(message: ToCore): void {
    this.heard.push(message);
  }

  kill(): boolean {
    this.isKilled = true;
    this.emit('exit', 1);
    return true;
  }

  say(message: FromCore): void {
    this.emit('message', message);
  }
}

function start() {
  const clock = new FakeClock();
  const children: FakeChild[] = [];
  const announced: string[] = [];
  const events = new ControlEvents();
  events.subscribe((event) => announced.push(event));
  const fork = () => {
    const child = new FakeChild();
    children.push(child);
    return child;
  };
  const server = new ServerProcess({ clock, events, fork, report: () => undefined });
  server.start();
  const newest = () => {
    const child = children.at(-1);
    if (!child) throw new Error('nothing was started');
    return child;
  };
  return { clock, children, announced, server, newest };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it('keeps what is asked early until the process listens', async () => {
  const { server, newest } = start();
  const answer = server.call('server.status', undefined);
  expect(newest().heard).toEqual([]);
  newest().say({ kind: 'ready' });
  expect(newest().heard).toEqual([{ kind: 'call', id: 1, name: 'server.status', input: undefined }]);
  newest().say({ kind: 'reply', id: 1, result: { ok: true, value: 'fine' } });
  expect(await answer).toEqual({ ok: true, value: 'fine' });
});

it('passes on what the server announces', () => {
  const { newest, announced } = start();
  newest().say({ kind: 'ready' });
  newest().say({ kind: 'event', event: 'people.changed' });
  expect(announced).toEqual(['connection.changed', 'people.changed']);
});

it('fails what was asked of a process that dies, and starts another after a wait that grows', async () => {
  const { server, newest, children, clock, announced } = start();
  newest().say({ kind: 'ready' });
  const lost = server.call('server.status', undefined);
  newest().emit('exit', 9);
  expect(await lost).toMatchObject({ ok: false, error: { code: 'UNREACHABLE' } });
  expect(await server.call('server.status', undefined)).toMatchObject({ ok: false, error: { code: 'UNREACHABLE' } });
  expect(announced.at(-1)).toBe('connection.changed');
  const waits: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const before = clock.now();
    const count = children.length;
    while (children.length === count) {
      clock.advance(50);
      await settle();
    }
    waits.push(clock.now() - before);
    newest().emit('exit', 9);
    await settle();
  }
  expect(waits[0]).toBeLessThanOrEqual(550);
  expect(waits[7]).toBeGreaterThan(10_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_050);
});

it('waits little again for a process that ran for a while', async () => {
  const { newest, children, clock } = start();
  for (let round = 0; round < 3; round += 1) {
    clock.advance(120_000);
    newest().emit('exit', 9);
    await settle();
    clock.advance(600);
    await settle();
    expect(children).toHaveLength(round + 2);
  }
});

it('asks the process to finish, and does not start another', async () => {
  const { server, newest, children, clock } = start();
  newest().say({ kind: 'ready' });
  const stopped = server.stop();
  expect(newest().heard.at(-1)).toEqual({ kind: 'shutdown' });
  newest().emit('exit', 0);
  await stopped;
  clock.advance(60_000);
  await settle();
  expect(children).toHaveLength(1);
  expect(newest().isKilled).toBe(false);
});

import { expect, it } from 'vitest';
import { ConsoleSessions } from '../../src-main/shell/headless/console-session.js';
import { FakeClock } from '../support/fake-clock.js';

const HOUR = 60 * 60 * 1000;

function sessions() {
  const clock = new FakeClock();
  const keys: string[] = [];
  const opened = new ConsoleSessions(clock, (key) => keys.push(key));
  const open = () => opened.exchange(keys.at(-1) ?? '') ?? '';
  return { clock, keys, opened, open };
}

it('ends a session that nobody uses for half a day', () => {
  const { clock, opened, open } = sessions();
  const secret = open();
  clock.advance(11 * HOUR);
  expect(opened.isOpen(secret)).toBe(true);
  clock.advance(11 * HOUR);
  expect(opened.isOpen(secret)).toBe(true);
  clock.advance(13 * HOUR);
  expect(opened.isOpen(secret)).toBe(false);
});

it('ends every session after a week', () => {
  const { clock, opened, open } = sessions();
  const secret = open();
  for (let hours = 0; hours < 7 * 24; hours += 6) {
    expect(opened.isOpen(secret)).toBe(true);
    clock.advance(6 * HOUR);
  }
  clock.advance(1);
  expect(opened.isOpen(secret)).toBe(false);
});

it('makes a new key with every session, and the old one opens nothing', () => {
  const { keys, opened, open } = sessions();
  open();
  expect(keys).toHaveLength(2);
  expect(opened.exchange(keys[0] ?? '')).toBeUndefined();
  expect(opened.isOpen(undefined)).toBe(false);
});

it('keeps a bounded number of sessions: the oldest goes', () => {
  const { opened, open } = sessions();
  const secrets = Array.from({ length: 17 }, open);
  expect(secrets.map((secret) => opened.isOpen(secret))).toEqual([false, ...Array.from({ length: 16 }, () => true)]);
});

it('closes the session that says so', () => {
  const { opened, open } = sessions();
  const [one, other] = [open(), open()];
  opened.close(one);
  expect([opened.isOpen(one), opened.isOpen(other)]).toEqual([false, true]);
});

import { expect, it } from 'vitest';
import type { OutgoingEdu } from '../../../../src-main/matrix/federation/index.js';
import { EduBox, writeEdu } from '../../../../src-main/matrix/federation/sending/edu-box.js';

const typing = (name: string, types: boolean): OutgoingEdu => ({
  type: 'm.typing',
  content: { room_id: '!room:one.test', user_id: `@${name}:one.test`, typing: types },
  key: name,
});
const presence = (name: string, state: 'online' | 'offline'): OutgoingEdu => ({
  type: 'm.presence',
  content: { push: [{ user_id: `@${name}:one.test`, presence: state }] },
  key: name,
});
const receipt = (name: string, eventId: string): OutgoingEdu => ({
  type: 'm.receipt',
  content: { '!room:one.test': { 'm.read': { [`@${name}:one.test`]: { event_ids: [eventId], data: { ts: 1 } } } } },
  key: name,
});
const boxOf = (...edus: OutgoingEdu[]): EduBox => {
  const box = new EduBox();
  for (const edu of edus) box.put(writeEdu(edu));
  return box;
};
const taken = (box: EduBox, most = 100) => box.take(most).texts.map((text) => JSON.parse(text));

it('sends only the newest of a key', () => {
  const box = boxOf(typing('alice', true), typing('bob', true), typing('alice', false));
  expect(taken(box).map(({ content }) => [content.user_id, content.typing])).toEqual([
    ['@bob:one.test', true],
    ['@alice:one.test', false],
  ]);
  expect(box.isEmpty).toBe(true);
});

it('sends how everybody is in one EDU', () => {
  const box = boxOf(presence('alice', 'online'), presence('bob', 'online'), presence('alice', 'offline'));
  const [only, ...others] = taken(box);
  expect(others).toEqual([]);
  expect(only.content.push.map(({ presence: state }: { presence: string }) => state)).toEqual(['online', 'offline']);
});

it('takes no more than fits and keeps the rest', () => {
  const box = boxOf(...Array.from({ length: 150 }, (_none, at) => typing(`user${at}`, true)), presence('x', 'online'));
  expect(taken(box)).toHaveLength(100);
  expect(taken(box)).toHaveLength(51);
});

it('forgets the oldest when there are too many', () => {
  const box = boxOf(...Array.from({ length: 300 }, (_none, at) => typing(`user${at}`, true)));
  expect([...taken(box), ...taken(box), ...taken(box)]).toHaveLength(200);
});

it('keeps how far people read while a server is away, and nothing else of the moment', () => {
  const box = boxOf(typing('alice', true), receipt('alice', '$a'), presence('alice', 'online'));
  box.rest();
  expect(taken(box).map(({ edu_type }) => edu_type)).toEqual(['m.receipt']);
});

it('says again how far people read when it did not arrive, unless they read on', () => {
  const box = boxOf(receipt('alice', '$a'), receipt('bob', '$b'));
  const lost = box.take(100);
  box.put(writeEdu(receipt('alice', '$c')));
  box.giveBack(lost.receipts);
  const read = taken(box).map(({ content }) => Object.entries(content['!room:one.test']['m.read'])[0]);
  expect(read).toEqual([
    ['@bob:one.test', expect.objectContaining({ event_ids: ['$b'] })],
    ['@alice:one.test', expect.objectContaining({ event_ids: ['$c'] })],
  ]);
});

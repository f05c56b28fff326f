import { expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.js';
import { Edus } from '../../../../src-main/matrix/federation/edus/edus.js';

const typing = { room_id: '!a:one.test', user_id: '@bob:two.test', typing: true };

it('hands an EDU with the right shape to whom it is for', async () => {
  const edus = new Edus({ log: silentLogger });
  const heard: unknown[] = [];
  edus.on('m.typing', async (content, origin) => void heard.push([origin, content]));
  await edus.receive('two.test', { edu_type: 'm.typing', content: typing });
  expect(heard).toEqual([['two.test', typing]]);
});

it.each([
  ['no object', 'm.typing'],
  ['a list', []],
  ['null', null],
  ['without a type', { content: typing }],
  ['of an unknown type', { edu_type: 'org.example.unknown', content: typing }],
  ['of a type like a method', { edu_type: 'constructor', content: typing }],
  ['without content', { edu_type: 'm.typing' }],
  ['with a wrong content', { edu_type: 'm.typing', content: { ...typing, typing: 'yes' } }],
  ['about nobody', { edu_type: 'm.typing', content: { ...typing, user_id: 'bob' } }],
  ['with a type that is too long', { edu_type: 'm'.repeat(300), content: typing }],
])('leaves one aside that is %s', async (_case, edu) => {
  const edus = new Edus({ log: silentLogger });
  let heard = 0;
  edus.on('m.typing', async () => void (heard += 1));
  await edus.receive('two.test', edu);
  expect(heard).toBe(0);
});

it('outlives a handler that fails', async () => {
  const edus = new Edus({ log: silentLogger });
  edus.on('m.typing', () => Promise.reject(new Error('no')));
  await edus.receive('two.test', { edu_type: 'm.typing', content: typing });
});

it('takes one handler for each type', () => {
  const edus = new Edus({ log: silentLogger });
  edus.on('m.typing', async () => undefined);
  expect(() => edus.on('m.typing', async () => undefined)).toThrow('m.typing');
});

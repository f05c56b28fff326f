import { expect, it } from 'vitest';
import { startHomeserver } from '../../support/homeserver.js';

it('the conditions of all rules together are bounded', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  const conditions = Array.from({ length: 100 }, () => ({ kind: 'event_match', key: 'type', pattern: 'x' }));
  const put = (kind: string, n: number, some: readonly object[]) =>
    alice.put(`/pushrules/global/${kind}/r${n}`, { actions: ['notify'], conditions: some });
  for (let n = 0; n < 20; n += 1) expect((await put(n % 2 ? 'override' : 'underride', n, conditions)).status).toBe(200);
  expect(await put('override', 20, conditions)).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } });
  expect((await put('override', 1, conditions)).status).toBe(200);
  expect((await put('override', 21, [])).status).toBe(200);
});

import { expect, it } from 'vitest';
import { LastAdminError } from '../../../src-main/matrix/accounts/index.js';
import { startHomeserver } from '../../support/homeserver.js';

it('leaves one administrator, even when two are asked to go at once', async () => {
  await using server = await startHomeserver();
  const [one, two] = [await server.registerAdmin('one'), await server.registerAdmin('two')];
  const { users, deactivations } = server.homeserver.accounts;
  const outcomes = await Promise.allSettled([
    users.setFlag(one.userId, 'isAdmin', false, { keepAnAdmin: true }),
    deactivations.deactivate(two.userId, false, { keepAnAdmin: true }),
  ]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toBeInstanceOf(LastAdminError);
  expect((await users.count()).admins).toBe(1);
});

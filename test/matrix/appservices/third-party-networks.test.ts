import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let alice: TestUser;
beforeAll(async () => {
  server = await startHomeserver();
  alice = await server.register('alice');
});
afterAll(() => server[Symbol.asyncDispose]());

it.each([
  ['protocols', {}],
  ['location/irc?channel=matrix', []],
  ['user/irc?nick=alice', []],
  ['location?alias=%23irc:hearth.test', []],
  ['user?userid=@irc_alice:hearth.test', []],
])('without application services, %s finds nothing', async (path, body) => {
  expect(await alice.get(`/thirdparty/${path}`)).toEqual({ status: 200, body });
  expect(await alice.get(`/_matrix/client/r0/thirdparty/${path}`)).toEqual({ status: 200, body });
  expect(await server.stranger.get(`/thirdparty/${path}`)).toMatchObject({ status: 401 });
});

it('without application services, there is no protocol', async () => {
  expect(await alice.get('/thirdparty/protocol/irc')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
});

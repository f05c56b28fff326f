import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePhoneNumber } from '../../../../src-main/matrix/accounts/third-party/addresses.js';
import { startHomeserver, type TestHomeserver } from '../../../support/homeserver.js';
import {
  type IdentityServerDouble,
  PHONE_TOKEN,
  reachingLoopback,
  startIdentityServer,
} from '../../../support/identity-server.js';

const SECRET = 'a.client-secret';
let server: TestHomeserver;
let service: IdentityServerDouble;

beforeAll(async () => {
  service = await startIdentityServer();
  server = await startHomeserver();
  const { thirdParty } = server.config;
  await server.restart({
    ...reachingLoopback(server.config),
    thirdParty: { ...thirdParty, phoneDelegate: `https://${service.name}/` },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const wish = (phone_number: string) => ({ country: 'GB', phone_number, client_secret: SECRET, send_attempt: 1 });

/** Proves a phone number as a client does: asks, and types in what the text message says. */
async function prove(path: string, phoneNumber: string): Promise<string> {
  const { sid, submit_url } = await server.stranger.ok('POST', `${path}/msisdn/requestToken`, {
    body: wish(phoneNumber),
  });
  const submitted = { sid, client_secret: SECRET, token: PHONE_TOKEN };
  expect(await server.stranger.ok('POST', new URL(submit_url).pathname, { body: submitted })).toEqual({
    success: true,
  });
  return sid;
}

describe('a phone number', () => {
  it('is proved by the service for it, and added to the account', async () => {
    const ann = await server.register('ann');
    const sid = await prove('/account/3pid', '07700900001');
    const auth = {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: ann.userId },
      password: ann.password,
    };
    await ann.ok('POST', '/account/3pid/add', { body: { sid, client_secret: SECRET, auth } });
    expect((await ann.ok('GET', '/account/3pid')).threepids).toMatchObject([
      { medium: 'msisdn', address: '447700900001' },
    ]);
    const phone = { type: 'm.id.phone', country: 'GB', phone: '07700 900001' };
    const login = (identifier: object) =>
      server.stranger.post('/login', { type: 'm.login.password', identifier, password: ann.password });
    expect(await login(phone)).toMatchObject({ status: 200, body: { user_id: ann.userId } });
    expect(await login({ type: 'm.id.thirdparty', medium: 'msisdn', address: '447700900001' })).toMatchObject({
      status: 200,
    });
  });

  it('is not proved by a wrong token', async () => {
    const { sid } = await server.stranger.ok('POST', '/register/msisdn/requestToken', { body: wish('07700900002') });
    const path = '/_matrix/client/unstable/add_threepid/msisdn/submit_token';
    expect(await server.stranger.ok('POST', path, { body: { sid, client_secret: SECRET, token: '1' } })).toEqual({
      success: false,
    });
  });

  it('can be registered with', async () => {
    const sid = await prove('/register', '07700900003');
    const begun = await server.stranger.post('/register', { username: 'ben', password: 'a password' });
    expect(begun.body.flows).toEqual([{ stages: ['m.login.dummy'] }, { stages: ['m.login.msisdn'] }]);
    const threepid_creds = { sid, client_secret: SECRET };
    const auth = { type: 'm.login.msisdn', session: begun.body.session, threepid_creds };
    const made = await server.stranger.post('/register', { auth });
    expect(made).toMatchObject({ status: 200, body: { user_id: '@ben:hearth.test' } });
    const { threepids } = await server.withToken(made.body.access_token).ok('GET', '/account/3pid');
    expect(threepids).toMatchObject([{ medium: 'msisdn', address: '447700900003' }]);
  });
});

it.each([
  ['GB', '07700 900001', '447700900001'],
  ['GB', '+49 (0) 30', undefined],
  ['DE', '030 1234567', '49301234567'],
  ['DE', '+44 7700 900001', '447700900001'],
  ['DE', '0044 7700 900001', '447700900001'],
  ['IT', '06 1234 5678', '390612345678'],
  ['US', '(202) 555-0123', '12025550123'],
  ['US', '1 202 555 0123', '12025550123'],
  ['RU', '8 912 345-67-89', '79123456789'],
  ['HU', '06 1 234 5678', '3612345678'],
  ['XX', '123456', undefined],
  ['GB', 'none', undefined],
  ['GB', '1'.repeat(40), undefined],
])('reads %s %s as %s', (country, number, expected) => {
  expect(parsePhoneNumber(country, number)).toBe(expected);
});

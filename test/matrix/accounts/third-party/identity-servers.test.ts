import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64 } from '../../../../src-main/base/base64.js';
import { verifyJson } from '../../../../src-main/spec/signing.js';
import { parseXMatrix, requestObject } from '../../../../src-main/spec/x-matrix.js';
import { type IdentityServerDouble, reachingLoopback, startIdentityServer } from '../../../support/identity-server.js';
import { followLink, type ServerWithPost, startWithPost } from '../../../support/post.js';
import type { TestUser } from '../../../support/test-client.js';

const SECRET = 'a.client-secret';
let world: ServerWithPost;
let identity: IdentityServerDouble;

beforeAll(async () => {
  world = await startWithPost(reachingLoopback);
  identity = await startIdentityServer();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await identity[Symbol.asyncDispose]();
});
beforeEach(() => {
  identity.failing = undefined;
  identity.requests.length = 0;
});

const bindBody = (sid: string, more: object = {}) => ({
  sid,
  client_secret: SECRET,
  id_server: identity.name,
  id_access_token: identity.accessToken,
  ...more,
});

/** Somebody who has an address published. */
async function published(name: string): Promise<{ user: TestUser; address: string; auth: object }> {
  const user = await world.server.register(name);
  const address = `${name}@people.test`;
  const body = bindBody(identity.proved('email', address, SECRET));
  expect(await user.post('/account/3pid/bind', body)).toEqual({ status: 200, body: {} });
  const auth = {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: user.userId },
    password: user.password,
  };
  return { user, address, auth };
}

/** The same, and the address is the account's too. */
async function withAddress(name: string) {
  const somebody = await published(name);
  const { user, address, auth } = somebody;
  const wish = { email: address, client_secret: SECRET, send_attempt: 1 };
  const { sid } = await world.server.stranger.ok('POST', '/account/3pid/email/requestToken', { body: wish });
  await followLink(world.server, await world.post.mailTo(address));
  await user.ok('POST', '/account/3pid/add', { body: { sid, client_secret: SECRET, auth } });
  return somebody;
}

describe('having an address published', () => {
  it('is asked of the identity server that the client names, with its token', async () => {
    const { user, address } = await published('ann');
    expect(identity.bindings.get(`email ${address}`)).toBe(user.userId);
    expect(identity.last('/3pid/bind')).toMatchObject({ authorization: `Bearer ${identity.accessToken}` });
    expect(await user.ok('GET', '/account/3pid')).toEqual({ threepids: [] });
  });

  it('passes on what the identity server refuses', async () => {
    const ben = await world.server.register('ben');
    expect(await ben.post('/account/3pid/bind', bindBody('nothing'))).toMatchObject({
      status: 404,
      body: { errcode: 'M_NO_VALID_SESSION' },
    });
    identity.failing = { path: '/', status: 403, body: { errcode: 'M_TERMS_NOT_SIGNED', error: 'please sign' } };
    expect(await ben.post('/account/3pid/bind', bindBody('nothing'))).toMatchObject({
      status: 403,
      body: { errcode: 'M_TERMS_NOT_SIGNED' },
    });
  });

  it('lets no identity server sign anybody out', async () => {
    const cem = await world.server.register('cem');
    identity.failing = { path: '/', status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', error: 'go away' } };
    expect(await cem.post('/account/3pid/bind', bindBody('nothing'))).toMatchObject({
      status: 403,
      body: { errcode: 'M_UNKNOWN' },
    });
  });

  it.each([
    ['a path that leads elsewhere', 'id.test/../admin'],
    ['a query', 'id.test/?a=1'],
    ['a user name', 'me@id.test'],
    ['nothing', ''],
  ])('refuses %s as the name of a server', async (_case, id_server) => {
    const dan = await world.server.withToken(
      (await world.server.register(`dan${Math.random().toString(36).slice(2)}`)).accessToken ?? '',
    );
    expect(await dan.post('/account/3pid/bind', bindBody('nothing', { id_server }))).toMatchObject({
      status: 400,
      body: { errcode: 'M_INVALID_PARAM' },
    });
  });

  it('reaches no denied address', async () => {
    await world.server.restart({
      federation: { ...world.server.config.federation, allowedRanges: [] },
    });
    const eva = await world.server.register('eva');
    expect(await eva.post('/account/3pid/bind', bindBody('nothing'))).toMatchObject({ status: 502 });
    expect(identity.requests).toEqual([]);
    await world.server.restart(reachingLoopback(world.server.config));
  });
});

describe('withdrawing an address', () => {
  it('is asked with the signature of this server, which vouches for its user', async () => {
    const { user, address } = await published('fay');
    const body = { medium: 'email', address };
    expect(await user.post('/account/3pid/unbind', body)).toEqual({
      status: 200,
      body: { id_server_unbind_result: 'success' },
    });
    expect(identity.bindings.has(`email ${address}`)).toBe(false);

    const asked = identity.last('/3pid/unbind');
    const signed = parseXMatrix(asked?.authorization ?? '');
    expect(signed).toMatchObject({ origin: 'hearth.test', destination: identity.name });
    const keys = await world.server.stranger.ok('GET', '/_matrix/key/v2/server');
    const key = fromBase64(keys.verify_keys[signed?.keyId ?? '']?.key);
    const object = requestObject({
      method: 'POST',
      uri: '/_matrix/identity/v2/3pid/unbind',
      origin: 'hearth.test',
      destination: identity.name as never,
      content: { mxid: user.userId, threepid: body },
    });
    const signatures = { 'hearth.test': { [signed?.keyId ?? '']: signed?.signature ?? '' } };
    expect(verifyJson({ ...object, signatures }, 'hearth.test', signed?.keyId ?? '', key ?? Buffer.alloc(32))).toBe(
      true,
    );
  });

  it('cannot be done where nobody knows who publishes it', async () => {
    const gil = await world.server.register('gil');
    expect(await gil.post('/account/3pid/unbind', { medium: 'email', address: 'gil@people.test' })).toEqual({
      status: 200,
      body: { id_server_unbind_result: 'no-support' },
    });
    expect(identity.requests).toEqual([]);
  });

  it('says so when the identity server does not do it', async () => {
    const { user, address } = await published('hal');
    identity.failing = { path: '/_matrix/identity/v2/3pid/unbind', status: 404 };
    expect(await user.post('/account/3pid/unbind', { medium: 'email', address })).toMatchObject({
      body: { id_server_unbind_result: 'no-support' },
    });
  });
});

describe('deleting an address of an account', () => {
  it('withdraws it from the identity server, once', async () => {
    const { user, address } = await withAddress('ida');
    const body = { medium: 'email', address };
    expect(await user.post('/account/3pid/delete', body)).toMatchObject({
      body: { id_server_unbind_result: 'success' },
    });
    expect(identity.bindings.has(`email ${address}`)).toBe(false);
    expect(await user.post('/account/3pid/delete', body)).toMatchObject({
      status: 200,
      body: { id_server_unbind_result: 'no-support' },
    });
  });

  it('is done even when the identity server fails, and can be tried again', async () => {
    const { user, address } = await withAddress('jon');
    const body = { medium: 'email', address };
    identity.failing = { path: '/', status: 500 };
    expect(await user.post('/account/3pid/delete', body)).toMatchObject({
      status: 200,
      body: { id_server_unbind_result: 'no-support' },
    });
    expect(await user.ok('GET', '/account/3pid')).toEqual({ threepids: [] });
    identity.failing = undefined;
    expect(await user.post('/account/3pid/delete', body)).toMatchObject({
      body: { id_server_unbind_result: 'success' },
    });
  });

  it('is refused where addresses cannot be changed', async () => {
    const { user, address } = await withAddress('kim');
    const { thirdParty } = world.server.config;
    await world.server.restart({ thirdParty: { ...thirdParty, changesAllowed: false } });
    for (const [path, body] of [
      ['/account/3pid/delete', { medium: 'email', address }],
      ['/account/3pid/add', { sid: 'a', client_secret: SECRET }],
      ['/account/3pid', { three_pid_creds: { sid: 'a', client_secret: SECRET } }],
      ['/account/3pid/email/requestToken', { email: 'new@people.test', client_secret: SECRET, send_attempt: 1 }],
    ] as const) {
      expect(await user.post(path, body)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    }
    expect(await user.ok('GET', '/capabilities')).toMatchObject({
      capabilities: { 'm.3pid_changes': { enabled: false } },
    });
    expect((await user.ok('GET', '/account/3pid')).threepids).toHaveLength(1);
    await world.server.restart({ thirdParty });
  });
});

describe('giving up an account', () => {
  it('withdraws everything that it published', async () => {
    const { user, address, auth } = await published('lea');
    expect(await user.post('/account/deactivate', { auth })).toEqual({
      status: 200,
      body: { id_server_unbind_result: 'success' },
    });
    expect(identity.bindings.has(`email ${address}`)).toBe(false);
  });
});

it('asks no identity server whom nobody named', async () => {
  const mia = await world.server.register('mia');
  const wish = { email: 'mia@people.test', client_secret: SECRET, send_attempt: 1, id_server: identity.name };
  await world.server.stranger.ok('POST', '/account/3pid/email/requestToken', { body: wish });
  await world.post.mailTo('mia@people.test');
  await mia.createRoom({ preset: 'public_chat' });
  expect(identity.requests).toEqual([]);
});

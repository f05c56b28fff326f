import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { startHomeserver } from '../../support/homeserver.js';

const { wellKnown, turn, passwords } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });

const wellKnownOf = async (what: string, config = {}) => {
  await using server = await startHomeserver({ config });
  return await server.stranger.get(`/.well-known/matrix/${what}`);
};

const turnOf = async (settings: object) => {
  await using server = await startHomeserver({ config: { turn: { ...turn, ...settings } } });
  const alice = await server.register('alice');
  return (await alice.get('/voip/turnServer')).body;
};

describe('versions', () => {
  it('are told to everybody, without a gap from the oldest', async () => {
    await using server = await startHomeserver();
    const { body, headers } = await server.stranger.get('/_matrix/client/versions');
    expect(body.versions.slice(0, 8)).toEqual([
      'r0.0.1',
      'r0.1.0',
      'r0.2.0',
      'r0.3.0',
      'r0.4.0',
      'r0.5.0',
      'r0.6.0',
      'r0.6.1',
    ]);
    const newer = body.versions.slice(8);
    expect(newer).toEqual(newer.map((_version: string, i: number) => `v1.${i + 1}`));
    expect(newer.length).toBeGreaterThanOrEqual(11);
    expect(new Set(Object.values(body.unstable_features))).toEqual(new Set([true]));
    expect(headers).toMatchObject({ vary: 'Authorization', 'cache-control': expect.stringContaining('public') });
  });

  it('are not kept for others when somebody asks who is signed in', async () => {
    await using server = await startHomeserver();
    const alice = await server.register('alice');
    const { headers } = await alice.get('/_matrix/client/versions');
    expect(headers['cache-control']).toContain('no-store');
    expect((await server.withToken('nobodys').get('/_matrix/client/versions')).status).toBe(401);
  });
});

describe('capabilities', () => {
  it('are what the configuration allows', async () => {
    await using server = await startHomeserver();
    const alice = await server.register('alice');
    const { capabilities } = (await alice.get('/capabilities')).body;
    expect(capabilities).toMatchObject({
      'm.change_password': { enabled: true },
      'm.profile_fields': { enabled: true },
      'm.get_login_token': { enabled: true },
      'm.3pid_changes': { enabled: true },
    });
    const rooms = capabilities['m.room_versions'];
    expect(rooms.default).toBe('12');
    expect(rooms.available).toMatchObject({ 1: 'stable', 12: 'stable' });
    expect(await server.stranger.get('/capabilities')).toMatchObject({
      status: 401,
      body: { errcode: 'M_MISSING_TOKEN' },
    });

    await server.restart({ passwords: { ...passwords, enabled: false } });
    const without = (await alice.get('/capabilities')).body.capabilities;
    expect(without).toMatchObject({ 'm.change_password': { enabled: false }, 'm.get_login_token': { enabled: false } });
  });
});

describe('well-known', () => {
  it('tells clients where the server is', async () => {
    const config = {
      publicBaseUrl: 'https://matrix.hearth.test/',
      wellKnown: { ...wellKnown, clientExtra: { 'org.example': { x: 1 } } },
    };
    const { status, body, headers } = await wellKnownOf('client', config);
    expect({ status, body }).toEqual({
      status: 200,
      body: { 'm.homeserver': { base_url: 'https://matrix.hearth.test/' }, 'org.example': { x: 1 } },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  });

  it('tells servers where the server is', async () => {
    expect(await wellKnownOf('server', { wellKnown: { ...wellKnown, serveServer: true } })).toEqual({
      status: 200,
      body: { 'm.server': 'hearth.test:443' },
    });
  });

  it('tells of no key to judge events by: this server judges none', async () => {
    expect(await wellKnownOf('policy_server')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });

  it('tells everybody whom to turn to', async () => {
    const supportContacts = [{ role: 'm.role.admin', matrix_id: '@root:hearth.test' }];
    expect((await wellKnownOf('support', { wellKnown: { ...wellKnown, supportContacts } })).body).toEqual({
      contacts: supportContacts,
    });
    const supportPage = 'https://hearth.test/help';
    expect((await wellKnownOf('support', { wellKnown: { ...wellKnown, supportPage } })).body).toEqual({
      support_page: supportPage,
    });
  });

  it.each(['client', 'server', 'support'])('says nothing of %s that is not configured', async (what) => {
    expect(await wellKnownOf(what)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });
});

describe('the TURN server', () => {
  const uris = ['turn:turn.hearth.test:3478?transport=udp'];

  it('gets names that end, with passwords made of the shared secret', async () => {
    const { turnCredentials } = await import('../../../src-main/matrix/about/voip.client.js');
    const settings = {
      ...turn,
      uris,
      sharedSecret: 'n0t4ctuAllymatr1Xd0TorgSshar3d5ecret4obvIousreAsons',
      userLifetime: 86_400_000,
    };
    expect(turnCredentials(settings, '@user:example.com', 1_443_693_379_000)).toEqual({
      username: '1443779779:@user:example.com',
      password: expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/),
      ttl: 86_400,
      uris,
    });
    expect(await turnOf(settings)).toMatchObject({ ttl: 86_400, uris });
  });

  it('gets the fixed name of the configuration', async () => {
    expect(await turnOf({ uris, username: 'u', password: 'p' })).toEqual({
      username: 'u',
      password: 'p',
      ttl: 3600,
      uris,
    });
  });
});

describe('media servers for calls', () => {
  const path = '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports';
  const livekit = { type: 'livekit', livekit_service_url: 'https://rtc.hearth.test/livekit/jwt' };

  it('are told to users, and to apps that look for them in the old place', async () => {
    const config = { rtcTransports: [livekit], publicBaseUrl: 'https://hearth.test/' };
    await using server = await startHomeserver({ config });
    const alice = await server.register('alice');
    expect(await alice.get(path)).toEqual({ status: 200, body: { rtc_transports: [livekit] } });
    expect((await alice.get('/_matrix/client/v1/rtc/transports')).body).toEqual({ rtc_transports: [livekit] });
    expect((await server.stranger.get(path)).status).toBe(401);
    expect((await server.stranger.get('/.well-known/matrix/client')).body).toMatchObject({
      'org.matrix.msc4143.rtc_foci': [livekit],
    });
    const { unstable_features: features } = (await server.stranger.get('/_matrix/client/versions')).body;
    expect(features['org.matrix.msc4143']).toBe(true);
  });

  it('are none unless they are configured', async () => {
    await using server = await startHomeserver();
    const alice = await server.register('alice');
    expect(await alice.get(path)).toEqual({ status: 200, body: { rtc_transports: [] } });
  });
});

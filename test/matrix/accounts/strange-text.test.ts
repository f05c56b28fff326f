import { expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';

describeEachDatabase('text with NUL in it', (databases) => {
  it('is refused or kept, and never breaks anything', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const me = `/user/${alice.userId}`;
    const proof = (session?: string) => ({ type: 'm.login.password', user: 'al\0ice', password: 'x', session });
    const requests: [string, string, object?][] = [
      ['POST', '/register', { username: 'a\0b', password: 'x', auth: { type: 'm.login.dummy' } }],
      [
        'POST',
        '/register',
        { password: 'x\0y', auth: { type: 'm.login.dummy' }, device_id: 'A\0B', initial_device_display_name: 'A\0B' },
      ],
      ['POST', '/register', { auth: { type: 'm.login.dummy', session: 'A\0B' } }],
      ['GET', '/register/available?username=%00'],
      ['GET', '/_matrix/client/v1/register/m.login.registration_token/validity?token=%00'],
      ['POST', '/login', proof()],
      [
        'POST',
        '/login',
        {
          type: 'm.login.password',
          identifier: { type: 'm.id.thirdparty', medium: 'email', address: '\0' },
          password: 'x',
        },
      ],
      ['POST', '/login', { type: 'm.login.password', user: 'alice', password: alice.password, device_id: 'A\0B' }],
      ['POST', '/login', { type: 'm.login.token', token: '\0' }],
      ['POST', '/refresh', { refresh_token: '\0' }],
      ['GET', '/devices/%00'],
      ['PUT', '/devices/%00', { display_name: 'x' }],
      ['PUT', `/devices/${alice.deviceId}`, { display_name: 'My\0phone' }],
      ['DELETE', '/devices/%00', { auth: proof() }],
      ['DELETE', '/devices/%00', {}],
      ['POST', '/delete_devices', { devices: ['\0'], auth: { ...proof(), user: 'alice', password: alice.password } }],
      ['PUT', `/profile/${alice.userId}/displayname`, { displayname: 'Al\0ice' }],
      ['PUT', `/profile/${alice.userId}/%00`, { '\0': 'Al\0ice' }],
      ['GET', `/profile/${alice.userId}/%00`],
      ['GET', `/profile/@al%00ice:hearth.test`],
      ['PUT', `${me}/account_data/%00`, { x: '\0' }],
      ['GET', `${me}/account_data/%00`],
      ['PUT', `${me}/rooms/!a%00b:c/account_data/%00`, {}],
      ['PUT', `${me}/rooms/!a:c/tags/%00`, {}],
      ['DELETE', `${me}/rooms/!a:c/tags/%00`],
      ['POST', `${me}/filter`, { event_fields: ['\0'] }],
      ['GET', `${me}/filter/%00`],
      ['GET', '/auth/m.login.dummy/fallback/web?session=%00'],
      ['GET', '/_matrix/federation/v1/openid/userinfo?access_token=%00'],
    ];
    for (const [method, path, body] of requests) {
      const { status } = await alice.request(method, path, { body });
      expect(status, `${method} ${path}`).toBeLessThan(500);
    }
    expect((await server.withToken('a\tb').get('/devices')).status).toBe(401);
  });
});

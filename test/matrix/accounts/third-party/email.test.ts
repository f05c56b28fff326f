import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../support/fake-clock.js';
import { followLink, linkIn, type ServerWithPost, startWithPost } from '../../../support/post.js';
import type { TestUser } from '../../../support/test-client.js';

const SECRET = 'a.client-secret';
const clock = new FakeClock();
let world: ServerWithPost;

beforeAll(async () => {
  world = await startWithPost(() => ({}), { clock });
});
afterAll(() => world[Symbol.asyncDispose]());

const wish = (email: string, more: object = {}) => ({ email, client_secret: SECRET, send_attempt: 1, ...more });
const requestToken = (path: string, body: object, headers: Record<string, string> = {}) =>
  world.server.stranger.request('POST', `${path}/email/requestToken`, { body, headers });
const passwordAuth = (user: TestUser) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user: user.userId },
  password: user.password,
});

/** Somebody with an account and a proved address. */
async function withAddress(name: string): Promise<TestUser> {
  const user = await world.server.register(name);
  const email = `${name}@people.test`;
  const { sid } = (await requestToken('/account/3pid', wish(email))).body;
  await followLink(world.server, await world.post.mailTo(email));
  await user.ok('POST', '/account/3pid/add', { body: { sid, client_secret: SECRET, auth: passwordAuth(user) } });
  return user;
}

const addresses = async (user: TestUser) =>
  (await user.ok('GET', '/account/3pid')).threepids.map(({ address }: { address: string }) => address);

describe('adding an address', () => {
  it('takes an e-mail, a click and the password', async () => {
    const ann = await world.server.register('ann');
    const { status, body } = await requestToken('/account/3pid', wish('Ann@People.test'));
    expect({ status, body }).toEqual({ status: 200, body: { sid: expect.stringMatching(/^[\w.=-]{1,255}$/) } });
    const add = { sid: body.sid, client_secret: SECRET };
    const auth = passwordAuth(ann);
    expect(await ann.post('/account/3pid/add', { ...add, auth })).toMatchObject({
      status: 400,
      body: { errcode: 'M_THREEPID_AUTH_FAILED' },
    });

    const page = await followLink(world.server, await world.post.mailTo('ann@people.test'));
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('confirmed') });

    expect(await ann.post('/account/3pid/add', add)).toMatchObject({ status: 401, body: { flows: expect.anything() } });
    expect(await ann.post('/account/3pid/add', { ...add, auth })).toEqual({ status: 200, body: {} });
    expect(await ann.ok('GET', '/account/3pid')).toEqual({
      threepids: [{ medium: 'email', address: 'ann@people.test', validated_at: clock.now(), added_at: clock.now() }],
    });
  });

  it('works by the old endpoint too, with the same proof of who one is', async () => {
    const ben = await world.server.register('ben');
    const { sid } = (await requestToken('/account/3pid', wish('ben@people.test'))).body;
    await followLink(world.server, await world.post.mailTo('ben@people.test'));
    const three_pid_creds = { sid, client_secret: SECRET };
    expect(await ben.post('/account/3pid', { three_pid_creds })).toMatchObject({ status: 401 });
    expect(await ben.post('/account/3pid', { three_pid_creds, auth: passwordAuth(ben) })).toMatchObject({
      status: 200,
    });
    expect(await addresses(ben)).toEqual(['ben@people.test']);
  });

  it('uses up the proof', async () => {
    const cem = await world.server.register('cem');
    const { sid } = (await requestToken('/account/3pid', wish('cem@people.test'))).body;
    await followLink(world.server, await world.post.mailTo('cem@people.test'));
    const body = { sid, client_secret: SECRET, auth: passwordAuth(cem) };
    expect(await cem.post('/account/3pid/add', body)).toMatchObject({ status: 200 });
    expect(await cem.post('/account/3pid/add', body)).toMatchObject({ body: { errcode: 'M_THREEPID_AUTH_FAILED' } });
  });

  it('wants the secret that the proof was asked for with', async () => {
    const dan = await world.server.register('dan');
    const { sid } = (await requestToken('/account/3pid', wish('dan@people.test'))).body;
    await followLink(world.server, await world.post.mailTo('dan@people.test'));
    const body = { sid, client_secret: 'another', auth: passwordAuth(dan) };
    expect(await dan.post('/account/3pid/add', body)).toMatchObject({ body: { errcode: 'M_THREEPID_AUTH_FAILED' } });
  });

  it('does not take a proof for something else', async () => {
    const eva = await withAddress('eva');
    const { sid } = (await requestToken('/account/password', wish('eva@people.test'))).body;
    await followLink(world.server, await world.post.mailTo('eva@people.test', 1));
    const body = { sid, client_secret: SECRET, auth: passwordAuth(eva) };
    expect(await eva.post('/account/3pid/add', body)).toMatchObject({ body: { errcode: 'M_THREEPID_AUTH_FAILED' } });
  });
});

describe('signing in', () => {
  it('works with the address, however it is written', async () => {
    const fay = await withAddress('fay');
    const identifier = { type: 'm.id.thirdparty', medium: 'email', address: 'FAY@people.TEST' };
    const body = { type: 'm.login.password', identifier, password: fay.password };
    expect(await world.server.stranger.post('/login', body)).toMatchObject({
      status: 200,
      body: { user_id: fay.userId },
    });
  });
});

describe('a forgotten password', () => {
  const password = 'a new password of mine';
  const reset = (auth: object) => world.server.stranger.post('/account/password', { new_password: password, auth });
  const identity = (sid: string) => ({
    type: 'm.login.email.identity',
    threepid_creds: { sid, client_secret: SECRET },
  });

  it('is replaced by whoever follows the link in the e-mail, once', async () => {
    const gil = await withAddress('gil');
    const { sid } = (await requestToken('/account/password', wish('gil@people.test'))).body;
    expect(await reset(identity(sid))).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNAUTHORIZED', flows: [{ stages: ['m.login.email.identity'] }] },
    });
    const mail = await world.post.mailTo('gil@people.test', 1);
    expect(mail.subject).toBe('[hearth.test] Password reset');
    const looked = await world.server.stranger.request('GET', linkIn(mail));
    expect(looked).toMatchObject({ status: 200, body: expect.stringContaining('Set a new password?') });
    expect(await reset(identity(sid))).toMatchObject({ status: 401 });

    expect(await followLink(world.server, mail)).toMatchObject({ status: 200 });
    expect(await reset(identity(sid))).toEqual({ status: 200, body: {} });
    expect(await gil.get('/account/whoami')).toMatchObject({ status: 401 });
    const identifier = { type: 'm.id.user', user: 'gil' };
    const login = { type: 'm.login.password', identifier, password };
    expect(await world.server.stranger.post('/login', login)).toMatchObject({ status: 200 });

    expect(await reset(identity(sid))).toMatchObject({ status: 401 });
    expect(await followLink(world.server, mail)).toMatchObject({ status: 400 });
  });

  it('stays when the address was taken from the account meanwhile', async () => {
    const hal = await withAddress('hal');
    const { sid } = (await requestToken('/account/password', wish('hal@people.test'))).body;
    await followLink(world.server, await world.post.mailTo('hal@people.test', 1));
    const address = { medium: 'email', address: 'hal@people.test' };
    expect(await hal.post('/account/3pid/delete', address)).toEqual({
      status: 200,
      body: { id_server_unbind_result: 'no-support' },
    });
    expect(await reset(identity(sid))).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
    expect(await hal.logIn()).toBeDefined();
  });

  it('stays when the proof was for an account to be made', async () => {
    const { sid } = (await requestToken('/register', wish('nobody@people.test'))).body;
    await followLink(world.server, await world.post.mailTo('nobody@people.test'));
    expect(await reset(identity(sid))).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});

describe('registration', () => {
  it('takes the address with it', async () => {
    const { sid } = (await requestToken('/register', wish('ida@people.test'))).body;
    const mail = await world.post.mailTo('ida@people.test');
    expect(mail).toMatchObject({ subject: '[hearth.test] Confirm your e-mail address', from: 'noreply@hearth.test' });
    const begun = await world.server.stranger.post('/register', { username: 'ida', password: 'a password' });
    expect(begun).toMatchObject({
      status: 401,
      body: { flows: [{ stages: ['m.login.dummy'] }, { stages: ['m.login.email.identity'] }] },
    });
    const threepid_creds = { sid, client_secret: SECRET };
    const auth = { type: 'm.login.email.identity', session: begun.body.session, threepid_creds };
    expect(await world.server.stranger.post('/register', { auth })).toMatchObject({ status: 401 });
    await followLink(world.server, mail);
    const made = await world.server.stranger.post('/register', { auth });
    expect(made).toMatchObject({ status: 200, body: { user_id: '@ida:hearth.test' } });
    const listed = await world.server.withToken(made.body.access_token).ok('GET', '/account/3pid');
    expect(listed.threepids).toMatchObject([{ address: 'ida@people.test' }]);
  });
});

describe('deleting an address', () => {
  it('is done however often it is asked for', async () => {
    const jon = await withAddress('jon');
    const address = { medium: 'email', address: 'JON@people.test' };
    for (const _again of [1, 2]) {
      expect(await jon.post('/account/3pid/delete', address)).toMatchObject({ status: 200 });
      expect(await addresses(jon)).toEqual([]);
    }
  });

  it('leaves the same address of another account', async () => {
    const kim = await withAddress('kim');
    const lea = await world.server.register('lea');
    await lea.post('/account/3pid/delete', { medium: 'email', address: 'kim@people.test' });
    expect(await addresses(kim)).toEqual(['kim@people.test']);
  });
});

describe('the e-mail', () => {
  it('is sent again for a new attempt only', async () => {
    const first = await requestToken('/register', wish('mia@people.test'));
    await world.post.mailTo('mia@people.test');
    const again = await requestToken('/register', wish('mia@people.test'));
    const next = await requestToken('/register', wish('mia@people.test', { send_attempt: 2 }));
    expect([again.body.sid, next.body.sid]).toEqual([first.body.sid, first.body.sid]);
    await world.post.mailTo('mia@people.test', 1);
    expect(world.post.mails.filter(({ to }) => to.includes('mia@people.test'))).toHaveLength(2);
  });

  it('comes in German where the browser speaks it, and so does the page', async () => {
    const headers = { 'accept-language': 'fr, de-AT;q=0.9, en;q=0.5' };
    await requestToken('/register', wish('nia@people.test'), headers);
    const mail = await world.post.mailTo('nia@people.test');
    expect(mail.text).toContain('Öffne diesen Link');
    const page = await world.server.stranger.request('GET', linkIn(mail), { headers });
    expect(page.body).toContain('<html lang="de">');
  });

  it('sends the browser on where the client said', async () => {
    await requestToken('/register', wish('oto@people.test', { next_link: 'https://app.test/done?a=1' }));
    const page = await followLink(world.server, await world.post.mailTo('oto@people.test'));
    expect(page).toMatchObject({ status: 302, headers: { location: 'https://app.test/done?a=1' } });
  });

  it('has a link that ends', async () => {
    await requestToken('/register', wish('pia@people.test'));
    const mail = await world.post.mailTo('pia@people.test');
    clock.advance(3600_001);
    const page = await followLink(world.server, mail);
    expect(page).toMatchObject({ status: 400, body: expect.stringContaining('does not work any more') });
  });
});

describe('probing', () => {
  it('finds no difference between addresses that are known and others', async () => {
    await withAddress('quin');
    for (const path of ['/account/password', '/register', '/account/3pid']) {
      const known = await requestToken(path, wish('quin@people.test', { client_secret: `probe${path.length}` }));
      const unknown = await requestToken(path, wish(`nobody${path.length}@people.test`));
      expect({ ...known.body, sid: '' }).toEqual({ ...unknown.body, sid: '' });
      expect([known.status, unknown.status]).toEqual([200, 200]);
    }
  });

  it('is told to the owner of the address only', async () => {
    await withAddress('ray');
    await requestToken('/register', wish('ray@people.test'));
    const mail = await world.post.mailTo('ray@people.test', 1);
    expect(mail.text).toContain('belongs to an account there already');
    expect(mail.text).not.toContain('http');
  });
});

describe('refused is', () => {
  it.each([
    ['a secret with other letters', wish('a@b.test', { client_secret: 'no spaces' }), 'M_INVALID_PARAM'],
    ['no address', wish('nobody'), 'M_INVALID_PARAM'],
    ['two addresses', wish('a@b.test,c@d.test'), 'M_INVALID_PARAM'],
    ['an address with a line of its own', wish('a@b.test\r\nBcc: c@d.test'), 'M_INVALID_PARAM'],
    ['an endless address', wish(`${'a'.repeat(250)}@b.test`), 'M_INVALID_PARAM'],
    ['a link to anything but the web', wish('a@b.test', { next_link: 'javascript:alert(1)' }), 'M_INVALID_PARAM'],
    ['an attempt beyond all numbers', wish('a@b.test', { send_attempt: 1e308 }), 'M_BAD_JSON'],
    ['no attempt', { email: 'a@b.test', client_secret: SECRET }, 'M_MISSING_PARAM'],
  ])('%s', async (_case, body, errcode) => {
    expect(await requestToken('/register', body)).toMatchObject({ status: 400, body: { errcode } });
  });

  it('a phone number, where nobody sends text messages', async () => {
    const body = { country: 'GB', phone_number: '07700900001', client_secret: SECRET, send_attempt: 1 };
    for (const path of ['/register', '/account/3pid', '/account/password']) {
      expect(await world.server.stranger.post(`${path}/msisdn/requestToken`, body)).toMatchObject({
        status: 400,
        body: { errcode: 'M_THREEPID_MEDIUM_NOT_SUPPORTED' },
      });
    }
  });
});

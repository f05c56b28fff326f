import { describe, expect, it } from 'vitest';
import type { EmailConfig } from '../../../src-main/config/config.js';
import { emailConfig } from '../../support/email.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { followLink } from '../../support/post.js';
import { type SmtpServer, startSmtpServer } from '../../support/smtp-server.js';
import type { TestUser } from '../../support/test-client.js';

const MINUTE = 60_000;
const ADDRESS = 'bob@people.test';
/** proves that requests for a validation come from one client */
const SECRET = 'a-secret-of-the-client';

interface World extends AsyncDisposable {
  readonly post: SmtpServer;
  readonly server: TestHomeserver;
  readonly clock: FakeClock;
  readonly alice: TestUser;
  readonly bob: TestUser;
  readonly roomId: `!${string}`;
  /** lets time pass in steps, for those who wait for each other */
  pass(ms: number, step?: number): Promise<void>;
}

/** A server that writes about what is not read for ten minutes; Bob has an address and wants that. */
async function startWorld(
  notifications: Partial<EmailConfig['notifications']> = {},
  { wanted = true } = {},
): Promise<World> {
  const post = await startSmtpServer();
  const clock = new FakeClock();
  const email = emailConfig(post.port);
  const settings = { ...email.notifications, enabled: true, ...notifications };
  const config = { email: { ...email, notifications: settings }, publicBaseUrl: 'https://hearth.test/' };
  const server = await startHomeserver({ clock, config });
  const [alice, bob] = [
    await server.register('alice', { displayName: 'Alice' }),
    await server.register('bob', { displayName: 'Bob' }),
  ];
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Kitchen' });
  await bob.join(roomId);
  await addAddress(server, post, bob);
  if (wanted) await setPusher(bob);
  return {
    post,
    server,
    clock,
    alice,
    bob,
    roomId,
    async pass(ms, step = MINUTE) {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(left, step));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await post[Symbol.asyncDispose]();
    },
  };
}

async function addAddress(server: TestHomeserver, post: SmtpServer, user: TestUser): Promise<void> {
  const wish = { client_secret: SECRET, email: ADDRESS, send_attempt: 1 };
  const { sid } = await user.ok('POST', '/account/3pid/email/requestToken', { body: wish });
  await followLink(server, await post.mailTo(ADDRESS));
  const auth = {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: user.userId },
    password: user.password,
  };
  await user.ok('POST', '/account/3pid/add', { body: { sid, client_secret: SECRET, auth } });
  post.mails.length = 0;
}

const pusher = {
  kind: 'email',
  app_id: 'm.email',
  pushkey: ADDRESS,
  app_display_name: 'Email Notifications',
  device_display_name: ADDRESS,
  lang: 'en',
  data: {},
};
const setPusher = (user: TestUser, more: object = {}) =>
  user.ok('POST', '/pushers/set', { body: { ...pusher, ...more } });
const pushersOf = async (user: TestUser): Promise<any[]> => (await user.ok('GET', '/pushers')).pushers;

/** Waits until the event is written down for those whom it notifies. */
async function untilNoticed({ server, clock }: World, eventId: string): Promise<void> {
  await expect
    .poll(async () => {
      clock.advance(100);
      return server.homeserver.db.all({
        sql: `SELECT 1 AS n FROM push_notices JOIN events ON nid = event_nid WHERE event_id = '${eventId}'`,
      });
    })
    .toHaveLength(1);
}

async function say(world: World, text: string): Promise<`$${string}`> {
  const eventId = await world.alice.say(world.roomId, text);
  await untilNoticed(world, eventId);
  return eventId;
}

describe('e-mail about what was not read', () => {
  it('tells of all of it in one, after a while', async () => {
    await using world = await startWorld();
    await say(world, 'dinner is ready');
    await say(world, '<b>really</b>');
    await world.pass(9 * MINUTE);
    expect(world.post.mails).toEqual([]);
    await world.pass(2 * MINUTE);
    const mail = await world.post.mailTo(ADDRESS);
    expect(mail.subject).toBe('[Hearth] Messages for you in Kitchen');
    expect(mail.text).toContain('Hello Bob');
    expect(mail.text).toMatch(/Alice.*:\n {2}dinner is ready\n/);
    expect(mail.html).toContain('&lt;b&gt;really&lt;/b&gt;');
    expect(mail.headers['list-unsubscribe']).toMatch(/^<https:\/\/hearth\.test\/_synapse\/client\/unsubscribe\?token=/);
    expect(mail.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    expect(world.post.mails).toHaveLength(1);
  });

  it('is not sent of what was read in time, nor of what was taken back', async () => {
    await using world = await startWorld();
    const read = await say(world, 'read');
    await world.bob.receipt(world.roomId, read);
    const redacted = await say(world, 'taken back');
    await world.alice.redact(world.roomId, redacted);
    await world.pass(12 * MINUTE);
    await say(world, 'not read');
    await world.pass(12 * MINUTE);
    const mail = await world.post.mailTo(ADDRESS);
    expect(mail.text).toContain('not read');
    expect(mail.text).not.toContain('taken back');
    expect(world.post.mails).toHaveLength(1);
  });

  it('comes once a day at most about one conversation, also after a restart', async () => {
    await using world = await startWorld();
    await say(world, 'one');
    await world.pass(11 * MINUTE);
    await world.post.mailTo(ADDRESS);
    await say(world, 'two');
    await world.pass(21 * MINUTE);
    expect((await world.post.mailTo(ADDRESS, 1)).text).toContain('two');
    await say(world, 'three');
    await world.server.restart();
    await world.pass(60 * MINUTE);
    expect(world.post.mails).toHaveLength(2);
    await world.pass(24 * 60 * MINUTE, 10 * MINUTE);
    const third = await world.post.mailTo(ADDRESS, 2);
    expect(third.text).toContain('three');
    expect(third.text).not.toContain('two');
  });

  it('tells of invitations', async () => {
    await using world = await startWorld();
    const party = await world.alice.createRoom({ name: 'Party' });
    await world.alice.invite(party, world.bob);
    await expect
      .poll(async () => {
        world.clock.advance(100);
        return world.server.homeserver.db.all({ sql: 'SELECT 1 AS n FROM push_notices' });
      })
      .toHaveLength(1);
    await world.pass(11 * MINUTE);
    const mail = await world.post.mailTo(ADDRESS);
    expect(mail.subject).toBe('[Hearth] Alice has invited you to the room Party');
    expect(mail.text).toContain('Alice invites you to Party');
  });

  it('ends by its link, without signing in, and says so', async () => {
    await using world = await startWorld();
    await say(world, 'hello');
    await world.pass(11 * MINUTE);
    const mail = await world.post.mailTo(ADDRESS);
    const link = new URL(/https:\/\/\S+unsubscribe\S+/.exec(mail.text)?.[0] ?? '');
    const path = `${link.pathname}${link.search}`;
    const page = await world.server.stranger.get(path);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('You are unsubscribed') });
    expect(await pushersOf(world.bob)).toEqual([]);
    expect(await world.server.stranger.post(path)).toMatchObject({
      status: 404,
      body: expect.stringContaining('no longer valid'),
    });
  });

  it('ends by one click of a mail program', async () => {
    await using world = await startWorld();
    await say(world, 'hello');
    await world.pass(11 * MINUTE);
    const mail = await world.post.mailTo(ADDRESS);
    const link = new URL(mail.headers['list-unsubscribe']?.slice(1, -1) ?? '');
    const reply = await world.server.stranger.request('POST', `${link.pathname}${link.search}`, {
      body: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(reply.status).toBe(200);
    expect(await pushersOf(world.bob)).toEqual([]);
  });

  it('ends with the address', async () => {
    await using world = await startWorld();
    expect(await pushersOf(world.bob)).toHaveLength(1);
    await world.bob.ok('POST', '/account/3pid/delete', { body: { medium: 'email', address: ADDRESS } });
    expect(await pushersOf(world.bob)).toEqual([]);
    await expect.poll(() => world.server.homeserver.db.all({ sql: 'SELECT pushkey FROM pushers' })).toEqual([]);
  });

  it('is sent again when the mail server does not take it', async () => {
    await using world = await startWorld();
    await say(world, 'hello');
    const port = world.post.port;
    await world.post[Symbol.asyncDispose]();
    await world.pass(11 * MINUTE);
    await using later = await startSmtpServer();
    await world.server.restart({
      email: {
        ...emailConfig(later.port),
        notifications: { enabled: true, forNewUsers: true, delayBeforeMail: 10 * MINUTE },
      },
    });
    expect(later.port).not.toBe(port);
    await world.pass(5 * MINUTE);
    expect((await later.mailTo(ADDRESS)).text).toContain('hello');
  });
});

describe('an e-mail pusher', () => {
  it('is for addresses of one’s own only', async () => {
    await using world = await startWorld({}, { wanted: false });
    expect(await world.alice.post('/pushers/set', pusher)).toMatchObject({
      status: 400,
      body: { errcode: 'M_THREEPID_NOT_FOUND' },
    });
    await setPusher(world.bob, { pushkey: 'Bob@People.test', data: { brand: 'Mine' } });
    await say(world, 'hello');
    await world.pass(11 * MINUTE);
    expect((await world.post.mailTo('Bob@people.test')).subject).toBe('[Mine] A message for you from Alice in Kitchen');
  });

  it.each([
    ['comes with the address that one registers with', true, 1],
    ['does not come by itself where the configuration says so', false, 0],
  ])('%s', async (_case, forNewUsers, expected) => {
    await using world = await startWorld({ forNewUsers }, { wanted: false });
    const address = 'carol@people.test';
    const wish = { client_secret: SECRET, email: address, send_attempt: 1 };
    const { sid } = await world.server.stranger.ok('POST', '/register/email/requestToken', { body: wish });
    await followLink(world.server, await world.post.mailTo(address));
    const begun = await world.server.stranger.post('/register', { username: 'carol', password: 'a long password 1' });
    const auth = {
      type: 'm.login.email.identity',
      session: begun.body.session,
      threepid_creds: { sid, client_secret: SECRET },
    };
    const { body } = await world.server.stranger.post('/register', {
      username: 'carol',
      password: 'a long password 1',
      auth,
    });
    const carol = world.server.withToken(body.access_token);
    const stored = () =>
      world.server.homeserver.db.all({ sql: `SELECT 1 AS n FROM pushers WHERE pushkey = '${address}'` });
    if (expected > 0) {
      await expect.poll(stored).toHaveLength(1);
      expect((await carol.ok('GET', '/pushers')).pushers).toEqual([
        {
          ...pusher,
          pushkey: address,
          device_display_name: address,
          profile_tag: '',
          'org.matrix.msc3881.enabled': true,
        },
      ]);
    } else {
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await stored()).toEqual([]);
    }
  });
});

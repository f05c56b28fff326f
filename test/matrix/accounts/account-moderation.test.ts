import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let admin: TestUser;
let alice: TestUser;
beforeAll(async () => {
  server = await startHomeserver();
  admin = await server.registerAdmin('admin');
  alice = await server.register('alice');
});
afterAll(() => server[Symbol.asyncDispose]());

const PREFIXES = ['/_matrix/client/v1/admin', '/_matrix/client/unstable/uk.timedout.msc4323/admin'];
const path = (what: 'suspend' | 'lock', userId: string, prefix = PREFIXES[0]) =>
  `${prefix}/${what}/${encodeURIComponent(userId)}`;
const refusal = (status: number, errcode: string) => ({ status, body: { errcode } });

describe('administrators', () => {
  it.each(PREFIXES)('suspend accounts and take it back, at %s', async (prefix) => {
    const roomId = await alice.createRoom();
    const suspend = path('suspend', alice.userId, prefix);
    expect((await admin.get(suspend)).body).toEqual({ suspended: false });
    expect((await admin.put(suspend, { suspended: true })).body).toEqual({ suspended: true });
    expect((await admin.get(suspend)).body).toEqual({ suspended: true });
    const say = () =>
      alice.put(`/rooms/${roomId}/send/m.room.message/${Math.random()}`, { msgtype: 'm.text', body: 'x' });
    expect(await say()).toMatchObject(refusal(403, 'M_USER_SUSPENDED'));
    expect((await admin.put(suspend, { suspended: false })).body).toEqual({ suspended: false });
    expect((await say()).status).toBe(200);
  });

  it('lock accounts and take it back', async () => {
    const lock = path('lock', alice.userId);
    expect((await admin.put(lock, { locked: true })).body).toEqual({ locked: true });
    expect((await admin.get(lock)).body).toEqual({ locked: true });
    expect(await alice.get('/joined_rooms')).toMatchObject(refusal(401, 'M_USER_LOCKED'));
    await admin.put(lock, { locked: false });
    expect((await alice.get('/joined_rooms')).status).toBe(200);
  });

  it('see in their capabilities that they can', async () => {
    const of = async (user: TestUser) => (await user.get('/capabilities')).body.capabilities['m.account_moderation'];
    expect(await of(admin)).toEqual({ suspend: true, lock: true });
    expect(await of(alice)).toBeUndefined();
  });

  it.each(['suspend', 'lock'] as const)('can not %s each other, themselves, or who is not there', async (what) => {
    const body = { suspended: true, locked: true };
    const other = await server.registerAdmin(`other-${what}`);
    for (const userId of [admin.userId, other.userId]) {
      expect(await admin.put(path(what, userId), body)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
    expect(await admin.put(path(what, '@nobody:hearth.test'), body)).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await admin.get(path(what, '@nobody:hearth.test'))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await admin.put(path(what, '@a:elsewhere.test'), body)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect((await admin.put(path(what, alice.userId), {})).status).toBe(400);
  });

  it.each(['suspend', 'lock'] as const)('alone can %s', async (what) => {
    for (const userId of [admin.userId, '@nobody:hearth.test']) {
      expect(await alice.get(path(what, userId))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
      const body = { suspended: true, locked: true };
      expect(await alice.put(path(what, userId), body)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
  });
});

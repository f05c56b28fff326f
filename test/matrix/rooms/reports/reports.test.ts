import { describe, expect, it } from 'vitest';
import { ReportStore } from '../../../../src-main/matrix/rooms/reports/reports.store.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import { defaultConfig } from '../../../../src-main/config/defaults.js';
import { startHomeserver } from '../../../support/homeserver.js';
import { refusal, roomPath, segment, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();
const lastReport = async () => (await new ReportStore().page(town.server.homeserver.db, Number.MAX_SAFE_INTEGER, 1))[0];
const eventPath = (roomId: RoomId, eventId: string) => roomPath(roomId, `report/${segment(eventId)}`);
const userPath = (userId: string) => `/users/${segment(userId)}/report`;

describe('a report', () => {
  it('of an event is kept, with who sent it', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const eventId = await alice.say(roomId, 'rude');
    const reply = await bob.post(eventPath(roomId, eventId), { reason: 'it is rude', score: -50 });
    expect(reply).toEqual({ status: 200, body: {} });
    expect(await lastReport()).toMatchObject({
      kind: 'event',
      roomId,
      eventId,
      aboutUser: alice.userId,
      reporter: bob.userId,
      reason: 'it is rude',
      score: -50,
    });
    expect((await bob.post(eventPath(roomId, eventId), {})).status).toBe(200);
  });

  it('of a room or a user needs nothing in common with them', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom();
    expect(await bob.post(roomPath(roomId, 'report'), { reason: 'spam' })).toEqual({ status: 200, body: {} });
    expect(await lastReport()).toMatchObject({ kind: 'room', roomId, reporter: bob.userId, reason: 'spam' });
    expect(await bob.post(userPath(alice.userId), { reason: '' })).toEqual({ status: 200, body: {} });
    expect(await lastReport()).toMatchObject({ kind: 'user', aboutUser: alice.userId, reason: '' });
    expect((await bob.post(userPath('@someone:elsewhere.test'), { reason: '' })).status).toBe(200);
  });

  it('is refused for what is not there', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    for (const path of [
      eventPath(roomId, '$nothing'),
      roomPath('!nowhere:hearth.test', 'report'),
      userPath('@nobody:hearth.test'),
    ]) {
      expect(await alice.post(path, { reason: 'spam' })).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    }
  });

  it('of an event is refused to those outside of the room, as if there were no event', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom();
    const eventId = await alice.say(roomId, 'secret');
    expect(await bob.post(eventPath(roomId, eventId), {})).toMatchObject(refusal(404, 'M_NOT_FOUND'));
  });

  it.each([
    ['an event', (roomId: RoomId) => eventPath(roomId, '$x'), { reason: 7 }],
    ['an event', (roomId: RoomId) => eventPath(roomId, '$x'), { score: 'bad' }],
    ['a room', (roomId: RoomId) => roomPath(roomId, 'report'), {}],
    ['a room', (roomId: RoomId) => roomPath(roomId, 'report'), { reason: 'x'.repeat(1001) }],
    ['a user', () => userPath('@nobody:elsewhere.test'), { reason: null }],
  ])('of %s is refused with a wrong body', async (_what, path, body) => {
    const alice = await town.person('alice');
    expect(await alice.post(path(await alice.createRoom()), body)).toMatchObject(refusal(400, 'M_BAD_JSON'));
  });

  it('is refused when there are too many', async () => {
    const { rateLimits } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
    const config = { rateLimits: { ...rateLimits, reports: { perSecond: 0.001, burst: 1 } } };
    await using server = await startHomeserver({ config });
    const alice = await server.register('alice');
    const report = () => alice.post(userPath('@someone:elsewhere.test'), { reason: 'spam' });
    expect((await report()).status).toBe(200);
    expect(await report()).toMatchObject(refusal(429, 'M_LIMIT_EXCEEDED'));
  });
});

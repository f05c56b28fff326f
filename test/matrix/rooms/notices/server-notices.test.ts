import { expect, it } from 'vitest';
import type { Config } from '../../../../src-main/config/config.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import { describeEachDatabase } from '../../../support/databases.js';
import { startHomeserver, testConfig, type TestHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';

const PATH = '/_synapse/admin/v1/send_server_notice';
const SPEAKER = '@notices:hearth.test';
const { rooms: base } = testConfig('/nowhere');
const serverNotices: NonNullable<Config['rooms']['serverNotices']> = {
  userId: SPEAKER,
  displayName: 'Steward',
  avatarUrl: 'mxc://hearth.test/steward',
  roomName: 'Notices',
  roomAvatarUrl: 'mxc://hearth.test/bell',
  roomTopic: 'What you have to know',
  autoJoin: false,
};

const notice = (user: { userId: string }, body = 'The server rests tonight') => ({
  user_id: user.userId,
  content: { msgtype: 'm.text', body },
});
const refusal = (status: number, errcode: string) => ({ status, body: { errcode } });
const invitations = async (user: TestUser): Promise<RoomId[]> =>
  Object.keys((await user.ok('GET', '/sync')).rooms?.invite ?? {}) as RoomId[];
const stateOf = async (user: TestUser, roomId: RoomId, type: string, key = '') =>
  (await user.get(`/rooms/${roomId}/state/${type}/${key}`)).body;

async function people(server: TestHomeserver) {
  return { root: await server.registerAdmin('root'), alice: await server.register('alice') };
}

describeEachDatabase('server notices', (databases) => {
  const start = async (more: Partial<typeof serverNotices> = {}) =>
    startHomeserver({
      database: await databases.create(),
      config: { rooms: { ...base, encryptionByDefault: 'all', serverNotices: { ...serverNotices, ...more } } },
    });

  it('reach people in a room of their own, whose invitation they cannot turn down', async () => {
    await using server = await start();
    const { root, alice } = await people(server);
    const sent = await root.post(PATH, notice(alice));
    expect(sent).toEqual({ status: 200, body: { event_id: expect.stringMatching(/^\$/) } });
    const [roomId = '!'] = await invitations(alice);
    const refused = refusal(403, 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM');
    expect(await alice.post(`/rooms/${roomId}/leave`, {})).toMatchObject(refused);
    const asEvent = await alice.put(`/rooms/${roomId}/state/m.room.member/${alice.userId}`, { membership: 'leave' });
    expect(asEvent).toMatchObject(refused);
    expect(await invitations(alice)).toEqual([roomId]);

    await alice.join(roomId);
    const said = await alice.get(`/rooms/${roomId}/event/${sent.body.event_id}`);
    expect(said.body).toMatchObject({ sender: SPEAKER, type: 'm.room.message', content: notice(alice).content });
    expect(await stateOf(alice, roomId, 'm.room.name')).toEqual({ name: 'Notices' });
    expect(await stateOf(alice, roomId, 'm.room.topic')).toMatchObject({ topic: 'What you have to know' });
    expect(await stateOf(alice, roomId, 'm.room.avatar')).toEqual({ url: 'mxc://hearth.test/bell' });
    expect(await stateOf(alice, roomId, 'm.room.encryption')).toMatchObject({ errcode: 'M_NOT_FOUND' });
    expect(await stateOf(alice, roomId, 'm.room.member', SPEAKER)).toEqual({
      membership: 'join',
      displayname: 'Steward',
      avatar_url: 'mxc://hearth.test/steward',
    });
    const tags = await alice.get(`/user/${alice.userId}/rooms/${roomId}/tags`);
    expect(tags.body).toEqual({ tags: { 'm.server_notice': {} } });
    const answer = { msgtype: 'm.text', body: 'Why?' };
    expect(await alice.put(`/rooms/${roomId}/send/m.room.message/1`, answer)).toMatchObject(
      refusal(403, 'M_FORBIDDEN'),
    );
  });

  it('bring those back who left, into the same room', async () => {
    await using server = await start();
    const { root, alice } = await people(server);
    await root.post(PATH, notice(alice));
    const [roomId = '!'] = await invitations(alice);
    await alice.join(roomId);
    expect((await alice.post(`/rooms/${roomId}/leave`, {})).status).toBe(200);
    expect(await invitations(alice)).toEqual([]);
    await root.post(PATH, notice(alice, 'and again'));
    expect(await invitations(alice)).toEqual([roomId]);
  });

  it('with the same transaction are sent once', async () => {
    await using server = await start();
    const { root, alice } = await people(server);
    const first = await root.put(`${PATH}/1`, notice(alice));
    expect(first.status).toBe(200);
    expect(await root.put(`${PATH}/1`, notice(alice))).toEqual(first);
    expect((await root.put(`${PATH}/2`, notice(alice))).body).not.toEqual(first.body);
    expect(await invitations(alice)).toHaveLength(1);
  });

  it('make one room, however many come at once', async () => {
    await using server = await start();
    const { root, alice } = await people(server);
    const sent = await Promise.all(['a', 'b', 'c'].map((body) => root.post(PATH, notice(alice, body))));
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await invitations(alice)).toHaveLength(1);
  });

  it('take people in at once where the configuration wants it, also those who take no invitations', async () => {
    await using server = await start({ autoJoin: true });
    const { root, alice } = await people(server);
    await alice.put(`/user/${alice.userId}/account_data/m.invite_permission_config`, { default_action: 'block' });
    expect((await root.post(PATH, notice(alice))).status).toBe(200);
    expect((await alice.ok('GET', '/joined_rooms')).joined_rooms).toHaveLength(1);
  });

  it('follow the configuration', async () => {
    await using server = await start({ autoJoin: true });
    const { root, alice } = await people(server);
    await root.post(PATH, notice(alice));
    const changed = { ...serverNotices, displayName: 'Warden', roomName: 'News', roomTopic: undefined };
    await server.restart({ rooms: { ...server.config.rooms, serverNotices: changed } });
    await root.post(PATH, notice(alice));
    const [roomId = '!'] = (await alice.ok('GET', '/joined_rooms')).joined_rooms as RoomId[];
    expect(await stateOf(alice, roomId, 'm.room.name')).toEqual({ name: 'News' });
    expect(await stateOf(alice, roomId, 'm.room.topic')).toMatchObject({ topic: '' });
    expect(await stateOf(alice, roomId, 'm.room.avatar')).toEqual({ url: 'mxc://hearth.test/bell' });
    expect(await stateOf(alice, roomId, 'm.room.member', SPEAKER)).toMatchObject({ displayname: 'Warden' });
  });

  it('are refused to all but administrators, for others than people here, and as what they cannot be', async () => {
    await using server = await start();
    const { root, alice } = await people(server);
    expect(await alice.post(PATH, notice(alice))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await root.post(PATH, { user_id: alice.userId })).toMatchObject(refusal(400, 'M_MISSING_PARAM'));
    expect(await root.post(PATH, { content: {} })).toMatchObject(refusal(400, 'M_MISSING_PARAM'));
    expect(await root.post(PATH, notice({ userId: '@bob:far.test' }))).toMatchObject(refusal(400, 'M_UNKNOWN'));
    expect(await root.post(PATH, notice({ userId: '@nobody:hearth.test' }))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    const member = { ...notice(alice), type: 'm.room.member', state_key: alice.userId };
    expect(await root.post(PATH, member)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await invitations(alice)).toEqual([]);
  });

  it('come from somebody whose name nobody can take, and whom nobody can invite', async () => {
    await using server = await start();
    const { alice } = await people(server);
    const account = { username: 'notices', password: 'tomato soup', auth: { type: 'm.login.dummy' } };
    expect(await server.stranger.post('/register', account)).toMatchObject(refusal(400, 'M_EXCLUSIVE'));
    expect(await server.stranger.get('/register/available', { username: 'notices' })).toMatchObject(
      refusal(400, 'M_EXCLUSIVE'),
    );
    const roomId = await alice.createRoom();
    expect(await alice.post(`/rooms/${roomId}/invite`, { user_id: SPEAKER })).toMatchObject(
      refusal(403, 'M_FORBIDDEN'),
    );
  });
});

it('are off unless the configuration names who speaks', async () => {
  await using server = await startHomeserver();
  const { root, alice } = await people(server);
  expect(await root.post(PATH, notice(alice))).toMatchObject(refusal(400, 'M_UNKNOWN'));
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { PNG } from '../support/fixtures.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

/** Operations that no story of a domain comes by, and what Complement asks of extensions. */
let server: TestHomeserver;
let alice: TestUser;
beforeAll(async () => {
  const { media } = testConfig('/nowhere');
  server = await startHomeserver({ config: { media: { ...media, unauthenticated: true } } });
  alice = await server.register('alice');
});
afterAll(() => server[Symbol.asyncDispose]());

it('knows no network but its own', async () => {
  const notFound = { status: 404, body: { errcode: 'M_NOT_FOUND' } };
  expect(await alice.get('/thirdparty/protocols')).toEqual({ status: 200, body: {} });
  expect(await alice.get('/thirdparty/protocol/irc')).toMatchObject(notFound);
  for (const path of ['location/irc', 'user/irc', 'location', 'user']) {
    expect(await alice.get(`/thirdparty/${path}`), path).toEqual({ status: 200, body: [] });
  }
});

it('tells what a push rule does', async () => {
  const path = '/pushrules/global/override/.m.rule.master/actions';
  expect(await alice.get(path)).toEqual({ status: 200, body: { actions: [] } });
});

it('gives files by a name of the asker’s, and small pictures, at the old paths too', async () => {
  const place = (await alice.uploadMedia(PNG, 'image/png')).replace('mxc://', '');
  const named = await server.stranger.get(`/_matrix/media/v3/download/${place}/other.png`);
  expect(named).toMatchObject({
    status: 200,
    headers: { 'content-disposition': expect.stringContaining('other.png') },
  });
  expect(named.bytes.equals(PNG)).toBe(true);
  const small = await server.stranger.get(`/_matrix/media/v3/thumbnail/${place}`, { width: 32, height: 32 });
  expect(small).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^image\//) } });
});

it('finds messages by how they relate to others', async () => {
  const roomId = await alice.createRoom();
  const root = await alice.say(roomId, 'root');
  const relate = (rel_type: string, type: string, more: object, said: object = {}) =>
    alice.send(roomId, type, { ...said, 'm.relates_to': { rel_type, event_id: root, ...more } });
  const reply = await relate('m.thread', 'm.room.message', {}, { msgtype: 'm.text', body: 'reply' });
  const heart = await relate('m.annotation', 'm.reaction', { key: '♥' });
  const found = async (filter: object): Promise<string[]> => {
    const query = { dir: 'b', filter: JSON.stringify({ types: ['m.room.message', 'm.reaction'], ...filter }) };
    const { body } = await alice.get(`/rooms/${roomId}/messages`, query);
    return body.chunk.map(({ event_id: id }: { event_id: string }) => id);
  };
  expect(await found({ 'org.matrix.msc3874.rel_types': ['m.thread'] })).toEqual([reply]);
  expect(await found({ 'org.matrix.msc3874.rel_types': ['m.thread', 'm.annotation'] })).toEqual([heart, reply]);
  expect(await found({ 'org.matrix.msc3874.not_rel_types': ['m.annotation'] })).toEqual([reply, root]);
});

it('has push rules for polls', async () => {
  const { global } = (await alice.get('/pushrules/')).body;
  const idsOf = (rules: { rule_id: string }[]) =>
    rules.map(({ rule_id: id }) => id).filter((id) => id.includes('poll'));
  const named = (...names: string[]) => names.map((name) => `.org.matrix.msc3930.rule.poll_${name}`);
  expect(idsOf(global.override)).toEqual(named('response'));
  expect(idsOf(global.underride).toSorted()).toEqual(
    named('end', 'end_one_to_one', 'start', 'start_one_to_one').toSorted(),
  );
});

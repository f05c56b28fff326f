import { readFile, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { PNG } from './support/fixtures.js';
import { startHomeserver } from './support/homeserver.js';

it('answers the health check once it has started', async () => {
  await using server = await startHomeserver();
  expect(await server.stranger.get('/health')).toEqual({ status: 200, body: 'OK' });
});

it('refuses what it does not know', async () => {
  await using server = await startHomeserver();
  const reply = await server.stranger.get('/nothing');
  expect(reply).toMatchObject({ status: 404, body: { errcode: 'M_UNRECOGNIZED' } });
});

it('serves the same data after a restart', async () => {
  await using server = await startHomeserver();
  await server.restart();
  expect((await server.stranger.get('/health')).status).toBe(200);
});

it('answers other servers who ask for its version and keys', async () => {
  await using server = await startHomeserver();
  expect(await server.stranger.get('/_matrix/federation/v1/version')).toMatchObject({ status: 200 });
  expect(await server.stranger.get('/_matrix/key/v2/server')).toMatchObject({
    status: 200,
    body: { server_name: 'hearth.test' },
  });
});

it('serves TLS with a certificate that it makes at its first start, and the same one after a restart', async () => {
  const listener = {
    port: 0,
    bindAddresses: ['127.0.0.1'],
    tls: true,
    trustedProxies: [],
    resources: ['client', 'federation'] as const,
  };
  await using server = await startHomeserver({ config: { listeners: [listener] } });
  expect(server.url).toMatch(/^https:/);
  expect((await server.stranger.get('/health')).status).toBe(200);
  const certificate = await readFile(server.config.tls.certificatePath, 'utf8');
  await server.restart();
  expect((await server.stranger.get('/health')).status).toBe(200);
  expect(await readFile(server.config.tls.certificatePath, 'utf8')).toBe(certificate);
});

it('frees its database when it cannot start', async () => {
  await using server = await startHomeserver();
  await server.stop();
  await writeFile(server.config.signingKeyPath, 'nonsense');
  await expect(server.start()).rejects.toThrow();
  await rm(server.config.signingKeyPath);
  await server.start();
  expect((await server.stranger.get('/health')).status).toBe(200);
});

it('knows its people after a restart', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice', { displayName: 'Alice' });
  await server.restart();
  expect(await alice.get('/account/whoami')).toMatchObject({ status: 200, body: { user_id: '@alice:hearth.test' } });
  expect((await server.registerAdmin('root')).userId).toBe('@root:hearth.test');
  expect((await alice.logIn()).userId).toBe(alice.userId);
});

it('lets two people chat, and keeps what they said over a restart', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice', { displayName: 'Alice' });
  const bob = await server.register('bob');
  const roomId = await alice.createRoom({ name: 'Tea' });
  await alice.invite(roomId, bob);
  await bob.join(roomId);
  const hello = await alice.say(roomId, 'hello');
  await server.restart();
  const answer = await bob.say(roomId, 'hello yourself');
  const { chunk } = await alice.messages(roomId);
  expect(chunk.slice(0, 2).map(({ event_id }) => event_id)).toEqual([answer, hello]);
  expect(await bob.event(roomId, hello)).toMatchObject({ sender: alice.userId, content: { body: 'hello' } });
  expect(await bob.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Tea' });
  expect((await bob.state(roomId)).map(({ type }) => type)).toContain('m.room.create');
});

it('keeps and gives back media', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const uri = await alice.uploadMedia(PNG, 'image/png', 'dot.png');
  const download = await alice.downloadMedia(uri);
  expect(download.status).toBe(200);
  expect(download.bytes).toEqual(PNG);
  expect(download.headers).toMatchObject({ 'content-type': 'image/png' });
});

it('brings what happens to those who wait for it', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const roomId = await alice.createRoom();
  await alice.invite(roomId, bob);
  const invited = await bob.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
  expect(invited.invite_state.events.map(({ type }: { type: string }) => type)).toContain('m.room.create');
  await bob.join(roomId);
  await bob.sync();
  const waiting = bob.syncUntil(roomId, ({ type }) => type === 'm.room.message');
  const eventId = await alice.say(roomId, 'hello');
  expect(await waiting).toMatchObject({ event_id: eventId, sender: alice.userId, content: { body: 'hello' } });
});

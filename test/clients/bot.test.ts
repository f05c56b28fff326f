import { expect, it, vi } from 'vitest';
import { startHomeserver } from '../support/homeserver.js';
import { AutojoinRoomsMixin, logInBot, PowerLevelAction } from './bot.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

it('lets a bot log in, join where it is invited and answer', async () => {
  await using server = await startHomeserver();
  const { bot, userId } = await logInBot(server);
  AutojoinRoomsMixin.setupOnClient(bot);
  bot.on('room.message', async (roomId: string, event) => {
    if (event.sender === userId) return;
    await bot.sendReadReceipt(roomId, event.event_id);
    await bot.replyText(roomId, event, `you said ${event.content.body}`);
  });
  await bot.start();
  const alice = await server.register('alice');
  const roomId = await alice.createRoom({ preset: 'private_chat', invite: [userId] });
  await alice.syncUntil(roomId, ({ content, state_key: key }) => key === userId && content.membership === 'join');
  await alice.say(roomId, 'hello');
  const answer = await alice.syncUntil(roomId, ({ content }) => content['body']?.endsWith('you said hello'));
  expect(answer.sender).toBe(userId);
  bot.stop();
});

it('lets a bot look after a room', async () => {
  await using server = await startHomeserver();
  const { bot, userId } = await logInBot(server);
  const alice = await server.register('alice');
  const roomId = await bot.createRoom({ preset: 'public_chat', room_alias_name: 'hall', name: 'Hall' });
  expect(await bot.resolveRoom(`#hall:${server.serverName}`)).toBe(roomId);
  await alice.join(`#hall:${server.serverName}`);

  await bot.setUserPowerLevel(alice.userId, roomId, 50);
  expect(await bot.userHasPowerLevelForAction(alice.userId, roomId, PowerLevelAction.Kick)).toBe(true);
  await bot.kickUser(alice.userId, roomId, 'shouting');
  expect(await bot.getJoinedRoomMembers(roomId)).toEqual([userId]);
  await bot.banUser(alice.userId, roomId);
  expect(await alice.post(`/join/${roomId}`, {})).toMatchObject({ status: 403 });
  await bot.unbanUser(alice.userId, roomId);

  const picture = await bot.uploadContent(Buffer.from('not a picture'), 'text/plain', 'notes.txt');
  expect((await bot.downloadContent(picture)).data.toString()).toBe('not a picture');
  await bot.setAvatarUrl(picture);
  await bot.setPresenceStatus('online', 'sweeping');
  expect(await bot.getPresenceStatus()).toMatchObject({ state: 'online', statusMessage: 'sweeping' });

  const notice = await bot.sendHtmlNotice(roomId, 'swept the <b>hall</b>');
  await bot.unstableApis.addReactionToEvent(roomId, notice, '🧹');
  const { chunk } = await bot.getRelationsForEvent(roomId, notice, 'm.annotation');
  expect(chunk).toHaveLength(1);
  await bot.redactEvent(roomId, notice);
  expect((await bot.getEvent(roomId, notice)).content).toEqual({});

  const direct = await bot.dms.getOrCreateDm(alice.userId);
  expect(await bot.dms.getOrCreateDm(alice.userId)).toBe(direct);
  await bot.leaveRoom(direct);
  expect(await bot.getJoinedRooms()).toEqual([roomId]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import type { TestUser } from '../support/test-client.js';
import { expectAgreement, expectMessage } from './agreement.js';
import { Pair } from './pair.js';
import { publicRoom, seg } from './story.js';

/** Lists of servers name no ports: one of the two is called by an address, so that a list can tell them apart. */
let pair: Pair;
let people: Record<'hearth' | 'synapse', TestUser>;
beforeAll(async () => {
  pair = await Pair.start('hearth-acl', '127.0.0.1');
  people = { hearth: await pair.hearth.register('alice'), synapse: await pair.synapse.register('bob') };
}, 300_000);
afterAll(() => pair?.[Symbol.asyncDispose]());

const EVERYBODY = { allow: ['*'], allow_ip_literals: true };
/** What keeps the other server out, by where the room was made. */
const REFUSED = { hearth: { ...EVERYBODY, deny: ['127.0.0.*'] }, synapse: { ...EVERYBODY, deny: ['localhost'] } };

const isTyping = (who: TestUser, roomId: RoomId) => (body: any) =>
  body.rooms?.join?.[roomId]?.ephemeral?.events.find(
    (event: any) => event.type === 'm.typing' && event.content.user_ids.includes(who.userId),
  );

const type = (who: TestUser, roomId: RoomId) =>
  who.ok('PUT', `/rooms/${seg(roomId)}/typing/${seg(who.userId)}`, { body: { typing: true, timeout: 20_000 } });

const bodies = async (who: TestUser, roomId: RoomId) =>
  (await who.messages(roomId, { dir: 'b', limit: 50 })).chunk.map(({ content }) => content.body);

it.each([
  ['hearth', '10'],
  ['hearth', '12'],
  ['synapse', '10'],
  ['synapse', '12'],
] as const)(
  'a server that a room on %s refuses is not heard there until the list has it again, in version %s',
  async (home, version) => {
    const [host, guest] = [people[home], people[home === 'hearth' ? 'synapse' : 'hearth']];
    const [refusing, open] = [
      await publicRoom({ host, guest, friend: guest, version }),
      await publicRoom({ host, guest, friend: guest, version }),
    ];
    for (const { alias, roomId } of [refusing, open]) {
      await guest.join(alias);
      await guest.say(roomId, 'let in');
      await expectMessage(roomId, host, 'let in');
    }
    await host.sync();
    await host.setState(refusing.roomId, 'm.room.server_acl', REFUSED[home]);
    await guest.say(refusing.roomId, 'not heard');
    await type(guest, refusing.roomId);
    // What comes in the other room was sent later.
    await guest.say(open.roomId, 'heard');
    await expectMessage(open.roomId, host, 'heard');
    await type(guest, open.roomId);
    const seen: unknown[] = [];
    await host.syncUntilBody((body) => {
      seen.push(isTyping(guest, refusing.roomId)(body));
      return isTyping(guest, open.roomId)(body);
    });
    expect(seen.filter(Boolean)).toEqual([]);
    expect(await bodies(host, refusing.roomId)).not.toContain('not heard');
    await host.setState(refusing.roomId, 'm.room.server_acl', { ...EVERYBODY, deny: [] });
    await host.say(refusing.roomId, 'welcome back');
    await expectMessage(refusing.roomId, guest, 'welcome back');
    await guest.say(refusing.roomId, 'here I am');
    await expectMessage(refusing.roomId, host, 'here I am');
    await expectAgreement(refusing.roomId, host, guest);
  },
  60_000,
);

import { expect } from 'vitest';
import { expectAgreement } from './agreement.js';
import { type Cast, publicRoom, seg } from './story.js';

/** The first event after a moment is found, on the server that has it, when the guest's has none there. */
export async function atTime(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  const early = await host.say(roomId, 'early');
  const { origin_server_ts: ts } = await host.event(roomId, early);
  await host.say(roomId, 'later');
  await guest.join(alias);
  const found = await guest.ok('GET', `/_matrix/client/v1/rooms/${seg(roomId)}/timestamp_to_event`, {
    query: { ts: Number(ts), dir: 'f' },
  });
  expect(found.event_id).toBe(early);
  await expectAgreement(roomId, host, guest);
}

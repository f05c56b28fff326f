import { expect, it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import type { FakeRoom } from '../support/fake-room.js';
import { pressKey, typeInto } from '../support/keyboard.js';
import { MovingClock } from '../support/moving-clock.js';
import { aroundServers, type ServersConsole } from '../support/servers-console.js';

vi.setConfig({ testTimeout: 60_000 });

const DAY = 86_400_000;
const clock = new MovingClock();

let story: ServersConsole;
let one: ServersConsole['one'];
let alice: ServersConsole['alice'];
let page: ServersConsole['page'];

aroundServers(
  (begun) => {
    story = begun;
    ({ one, alice, page } = begun);
  },
  { clock, isServersToo: true },
);

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');

/** A server that shared a room with ours and went away, with a message that waits for it. */
async function goneAway(name: string): Promise<FakeRoom> {
  const { fake, room } = await story.sharing(name);
  await fake.stop();
  await alice.say(room.roomId, 'is anybody there?');
  await expect.poll(() => one.homeserver.servers.destinations.failingSince(name)).toBeDefined();
  return room;
}

it('says that servers are gone, drops what waits for them, and takes people out of rooms left alone', async () => {
  const [kept, left] = [await goneAway('kept.test'), await goneAway('left.test')];
  await story.open('/servers', 'Other servers');
  await page.getByText('not answered for long').waitFor({ state: 'detached' });
  clock.move(31 * DAY);
  await story.open('/servers', 'Other servers');
  await page.getByText('2 servers have not answered for long').waitFor();

  await pressKey(page, button('Tidy up…'));
  await dialog().getByText('2 messages that wait are dropped').waitFor();
  await expectAccessible(page, 'tidy');
  await pressKey(page, dialog().getByLabel('kept.test'), 'Space');
  await dialog().getByText('One message that waits is dropped').waitFor();
  await pressKey(page, dialog().getByLabel(/^Leave rooms where only they/), 'Space');
  await dialog()
    .getByText(/one of yours leaves/)
    .waitFor();
  await pressKey(page, dialog().getByRole('button', { name: 'Tidy up', exact: true }));
  await dialog().getByText('This is not the name.').waitFor();
  await typeInto(page, dialog().getByLabel('Type one room to confirm'), 'one room');
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'detached' });
  await page.getByText(/^Tidied up. A room is being removed/).waitFor();

  await expect
    .poll(
      async () => {
        clock.move(10_000); // others have half a minute to hear of the departure
        return (await alice.ok('GET', '/joined_rooms')).joined_rooms;
      },
      { timeout: 20_000 },
    )
    .toEqual([kept.roomId]);
  expect(left.roomId).not.toBe(kept.roomId);
  const forgotten = async () => {
    clock.move(10_000);
    return one.homeserver.servers.destinations.report('left.test');
  };
  await expect.poll(forgotten, { timeout: 20_000 }).toBeUndefined();
  await story.open('/servers', 'Other servers');
  await page.getByRole('link', { name: 'kept.test' }).waitFor();
  expect(await page.getByRole('link', { name: 'left.test' }).count()).toBe(0);
});

it('tidies up after one server from its own page', async () => {
  await story.open('/servers/kept.test', 'kept.test');
  await pressKey(page, button('Tidy up…'));
  await dialog().getByText('One message that waits is dropped').waitFor();
  await pressKey(page, dialog().getByRole('button', { name: 'Tidy up', exact: true }));
  await dialog().waitFor({ state: 'detached' });
  await page.getByText('Tidied up.').waitFor();
  await page.getByText('Nothing waits.').waitFor();
  expect((await alice.ok('GET', '/joined_rooms')).joined_rooms).toHaveLength(1);
});

it('shows what went to and fro between real servers', async () => {
  const { serverName: name } = await story.federation.addServer('hs2.test');
  const bob = await story.federation.server(name).register('bob');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId, 'hs1.test');
  const eventId = await alice.say(roomId, 'hello');
  await bob.syncUntil(roomId, (event) => event.event_id === eventId);
  await story.open('/servers/-/traffic', 'Other servers');
  const row = page.getByRole('row', { name: /hs2\.test/ });
  await row.waitFor();
  await pressKey(page, button('7 days'));
  await pressKey(page, row.getByRole('link', { name: 'hs2.test' }));
  await page.getByRole('heading', { level: 1, name: 'hs2.test' }).waitFor();
});

import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { chooseOption, pressKey, typeInto } from '../support/keyboard.js';
import type { TestUser } from '../support/test-client.js';

vi.setConfig({ testTimeout: 60_000 });

let family: TestFamily;
let page: Page;
let kim: TestUser;
let chess: RoomId;

aroundFamily(async (story) => {
  ({ family, page } = story);
  kim = await family.add('kim', 'Kim');
  chess = await kim.createRoom({ name: 'Chess' });
  for (let each = 0; each < 12; each += 1) await kim.say(chess, `move ${each}`);
  const house = await kim.createRoom({ name: 'House', creation_content: { type: 'm.space' } });
  await kim.setState(house, 'm.space.child', { via: ['family.test'] }, chess);
  // what lists show is counted a moment later
  const known = () =>
    family.ask<{ total: number }>('rooms.list', { filter: 'spaces', order: 'active', descending: true });
  await vi.waitFor(async () => expect((await known()).total).toBe(1), { timeout: 20_000 });
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');

it('narrows the list, and shows which rooms a space names', async () => {
  await family.go('/rooms', 'Rooms');
  await chooseOption(page, page.getByLabel('Show'), 'Spaces');
  await page.getByRole('link', { name: 'House' }).waitFor();
  await pressKey(page, page.getByRole('tab', { name: 'Rooms' }));
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Spaces', selected: true }).waitFor();
  await page.getByText('names one room').waitFor();
  await pressKey(page, button('Close House'));
  await page.getByRole('link', { name: 'Chess' }).waitFor({ state: 'detached' });
  await pressKey(page, button('Open House'));
  await pressKey(page, page.getByRole('link', { name: 'Chess' }));
  await page.getByRole('heading', { level: 1, name: 'Chess' }).waitFor();
});

it('makes an administrator of the server one of the room', async () => {
  await pressKey(page, button('Make somebody administrator'));
  await typeInto(page, dialog().getByLabel('User id'), '@alex:family.test');
  await page.keyboard.press('Enter');
  await dialog()
    .getByText(/is an administrator of this room now\./)
    .waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  const member = await kim.stateContent(chess, 'm.room.member', '@alex:family.test');
  expect(member.membership).toBe('invite');
});

it('blocks a room, so that nobody comes in, and lets go of it', async () => {
  const open = await kim.createRoom({ name: 'Open door', preset: 'public_chat' });
  const lee = await family.add('lee', 'Lee');
  await family.go(`/rooms/${encodeURIComponent(open)}`, 'Open door');
  await pressKey(page, button('Block'));
  await button('Unblock').waitFor();
  expect((await lee.post(`/join/${encodeURIComponent(open)}`, {})).status).toBe(403);
  await pressKey(page, button('Unblock'));
  await button('Block').waitFor();
  await lee.join(open);
});

import { expect, it, vi } from 'vitest';

const openExternal = vi.fn(async (_address: string) => undefined);
vi.mock('electron', () => ({ shell: { openExternal } }));
const { addressOutside, openOutside } = await import('../../src-main/shell/electron/open-outside.js');

it.each([
  ['https://chat.example.org', 'https://chat.example.org/'],
  ['HTTPS://Chat.Example.org/a b', 'https://chat.example.org/a%20b'],
  ['mailto:sam@example.org', 'mailto:sam@example.org'],
])('hands %s to the system as the parser writes it', (address, expected) => {
  expect(addressOutside(address)).toBe(expected);
});

it.each([
  'http://example.org/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://example.org/share',
  'ms-msdt:/id',
  'https://user:secret@example.org/',
  '/etc/passwd',
  '--help',
  '',
])('hands %j to nobody', (address) => {
  expect(addressOutside(address)).toBeUndefined();
});

it('opens only what the parser wrote, and nothing at all for other addresses', async () => {
  await openOutside('HTTPS://Chat.Example.org/a b');
  await openOutside('file:///etc/passwd');
  await openOutside('javascript:alert(1)');
  expect(openExternal.mock.calls).toEqual([['https://chat.example.org/a%20b']]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { showsTrayIcons } from '../../src-main/shell/electron/tray-host.js';

/** Asks on a desktop whose only programs are `programs`, by name with what each of them does. */
async function ask(programs: Record<string, string>, desktop = '', limit = 20_000): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-tray-host-'));
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { PATH: folder, XDG_CURRENT_DESKTOP: desktop };
  try {
    return await showsTrayIcons({ platform: 'linux', env, limit });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each([
  ['gdbus', "echo '(true,)'", true],
  ['gdbus', "echo '(false,)'", false],
  ['busctl', "echo 'b true'", true],
  ['busctl', "echo 'b false'", false],
  ['dbus-send', "echo '   boolean true'", true],
  ['dbus-send', "echo '   boolean false'", false],
])('believes what %s says: %s', async (name, script, isShown) => {
  expect(await ask({ [name]: script }, isShown ? 'GNOME' : 'KDE')).toBe(isShown);
});

it('asks the next program where one fails or says something else', async () => {
  const programs = { gdbus: 'echo no bus >&2; exit 1', busctl: 'echo hello', 'dbus-send': 'echo boolean true' };
  expect(await ask(programs, 'GNOME')).toBe(true);
});

it('asks for the watcher by its name', async () => {
  expect(
    await ask({ gdbus: 'case "$*" in *NameHasOwner*org.kde.StatusNotifierWatcher) echo true;; esac' }, 'GNOME'),
  ).toBe(true);
});

it.each([
  ['GNOME', false],
  ['GNOME-Classic:GNOME', false],
  ['ubuntu:GNOME', true],
  ['KDE', true],
  ['', true],
])('judges by the desktop’s name where nobody can be asked: "%s"', async (desktop, isShown) => {
  expect(await ask({}, desktop)).toBe(isShown);
});

it('waits for no program longer than its limit', async () => {
  expect(await ask({ gdbus: 'exec /bin/sleep 600', busctl: 'exec /bin/sleep 600' }, 'GNOME', 50)).toBe(false);
});

it('finds a tray on systems that always have one', async () => {
  for (const platform of ['win32', 'darwin'] as const)
    expect(await showsTrayIcons({ platform, env: { XDG_CURRENT_DESKTOP: 'GNOME' }, limit: 0 })).toBe(true);
});

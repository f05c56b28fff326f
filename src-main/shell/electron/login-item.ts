import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app } from 'electron';
import { writeFileAtomically } from '../../config/write-file.js';

/** Given at a start by the system: the window stays away. */
export const HIDDEN = '--hidden';

/** Whether the app starts when somebody signs in to the computer; the truth is the system's. */
export interface LoginItem {
  isOn(): boolean;
  set(isOn: boolean): void;
}

export const openLoginItem = (platform = process.platform): LoginItem =>
  platform === 'linux' ? autostartFile() : systemItem;

const systemItem: LoginItem = {
  isOn() {
    const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings({ args: [HIDDEN] });
    // on Windows the task manager may say otherwise
    return executableWillLaunchAtLogin ?? openAtLogin;
  },
  set(isOn) {
    app.setLoginItemSettings({ openAtLogin: isOn, args: [HIDDEN] });
  },
};

/** @see https://specifications.freedesktop.org/autostart-spec/latest/ */
function autostartFile(): LoginItem {
  const home = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  const path = join(home, 'autostart', 'hearth.desktop');
  return {
    isOn: () => existsSync(path),
    set(isOn) {
      if (!isOn) return rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
      writeFileAtomically(path, desktopEntry(), 0o644);
    },
  };
}

function desktopEntry(): string {
  // an AppImage runs from a place that is new at each start
  const program = process.env['APPIMAGE'] ?? process.execPath;
  const quoted = `"${program.replace(/["`$\\]/g, String.raw`\$&`)}"`;
  return ['[Desktop Entry]', 'Type=Application', 'Name=Hearth', `Exec=${quoted} ${HIDDEN}`, 'Terminal=false', ''].join(
    '\n',
  );
}

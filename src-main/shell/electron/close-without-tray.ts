import { type BrowserWindow, dialog } from 'electron';
import type { AppSettingsFile } from './app-settings.js';
import type { AppText } from './app-text.js';
import { showsTrayIcons } from './tray-host.js';

export interface ClosingDeps {
  readonly settings: AppSettingsFile;
  readonly text: AppText;
  quit(): void;
}

/** What closing the window means on a desktop where nothing else shows that the app runs. */
export interface ClosingWithoutTray {
  /** true until it is known */
  hasTray(): boolean;
  /** Hides the window or quits, as the person said once; asks the first time. */
  closeWithoutTray(window: BrowserWindow): void;
}

/** Finds out once whether there is a tray; the window comes back when the app is started again. */
export function watchClosing({ settings, text, quit }: ClosingDeps): ClosingWithoutTray {
  let hasTray = true;
  let isAsking = false;
  const look = async () => {
    hasTray = await showsTrayIcons();
  };
  void look();
  const asked = async (window: BrowserWindow) => {
    isAsking = true;
    const staysWithoutWindow = await mayStay(window, text);
    isAsking = false;
    settings.change({ staysWithoutWindow });
    return staysWithoutWindow;
  };
  const close = async (window: BrowserWindow) => {
    if (settings.settings.staysWithoutWindow ?? (await asked(window))) window.hide();
    else quit();
  };
  return {
    hasTray: () => hasTray,
    closeWithoutTray: (window) => void (isAsking || close(window)),
  };
}

async function mayStay(window: BrowserWindow, { backgroundQuestion, keepRunning, quit }: AppText): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    ...backgroundQuestion,
    buttons: [keepRunning, quit],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 0;
}

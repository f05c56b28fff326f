import { app, BrowserWindow, screen } from 'electron';
import { CONSOLE_ORIGIN } from './app-protocol.js';
import type { ClosingWithoutTray } from './close-without-tray.js';
import { onScreen, readWindowState, saveWindowState, type WindowState } from './window-state.js';

const SIZE = { width: 1200, height: 800 };
const LEAST = { minWidth: 640, minHeight: 480 };

export interface ConsoleWindow {
  readonly window: BrowserWindow;
  /** @param place of the console, to go there: `/people` */
  show(place?: string): void;
  /** from now on closing the window really closes it */
  letGo(): void;
}

export interface ConsoleWindowOptions extends ClosingWithoutTray {
  readonly preload: string;
  readonly icon: string;
  /** where the window's place is remembered */
  readonly folder: string;
  /** it stays away until somebody wants it: the system started the app */
  readonly isHidden: boolean;
  /** where the console begins: `/people` */
  readonly place: string | undefined;
  /** the window was hidden instead of closed for the first time */
  onFirstHide(): void;
}

/**
 * The one window. Closing it hides it, and the server goes on, unless there is no tray and the person said otherwise.
 * Its pages get nothing but the preload script's bridge.
 */
export function openWindow({
  preload,
  icon,
  folder,
  isHidden,
  place: first,
  onFirstHide,
  hasTray,
  closeWithoutTray,
}: ConsoleWindowOptions): ConsoleWindow {
  let state = readWindowState(folder);
  let isLeaving = false;
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...SIZE,
    ...LEAST,
    ...onScreen(state.bounds, areas),
    show: false,
    autoHideMenuBar: true,
    backgroundColor: '#f7f4f0',
    title: 'Hearth',
    icon,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  const remember = (change: Partial<WindowState>) => {
    state = { ...state, bounds: window.getNormalBounds(), isMaximized: window.isMaximized(), ...change };
    saveWindowState(folder, state);
  };
  const goTo = (place: string) => void window.loadURL(`${CONSOLE_ORIGIN}/#${place}`);
  const show = (place?: string) => {
    if (place !== undefined) goTo(place);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  if (state.isMaximized) window.maximize();
  if (!isHidden) window.once('ready-to-show', () => show());
  window.on('close', (event) => {
    const isFirst = !isLeaving && hasTray() && !state.hasSaidWhereItGoes;
    remember(isFirst ? { hasSaidWhereItGoes: true } : {});
    if (isLeaving) return;
    event.preventDefault();
    if (!hasTray()) return closeWithoutTray(window);
    window.hide();
    if (isFirst) onFirstHide();
  });
  goTo(first ?? '/');
  return {
    window,
    show,
    letGo() {
      isLeaving = true;
    },
  };
}

import { startApp } from './shell/electron/app-shell.js';

/** Entry of the desktop app. */
startApp();

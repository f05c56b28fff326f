import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, Notification, session, utilityProcess } from 'electron';
import { systemClock } from '../../base/clock.js';
import { createLogging } from '../../logging/create-logger.js';
import { StreamSink } from '../../logging/stream-sink.js';
import { ControlEvents } from '../../control/procedure.js';
import { hearthHome } from '../host/locations.js';
import { withAppProcedures } from './app-control.js';
import { declareAppScheme, serveAppScheme } from './app-protocol.js';
import { type AppText, appText } from './app-text.js';
import { bridgeControl } from './ipc-bridge.js';
import { setMenu } from './menu.js';
import { quitInOrder } from './quit.js';
import { guardAllContents, guardSession } from './security.js';
import { type CoreChild, ServerProcess } from './server-process.js';
import { openTray } from './tray.js';
import { openWindow } from './window.js';

/** The folder of the built program: everything it needs lies beside it. */
const DIST = dirname(fileURLToPath(import.meta.url));
const ASSETS = join(DIST, 'assets');

/** Starts the desktop app: one instance, one window with the console, a tray, and the server in a process of its own. */
export function startApp(): void {
  if (app.isPackaged && app.commandLine.hasSwitch('no-sandbox')) {
    process.stderr.write('Hearth does not run without its sandbox.\n');
    app.exit(1);
    return;
  }
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  app.enableSandbox();
  declareAppScheme();
  guardAllContents();
  void app.whenReady().then(open);
}

function open(): void {
  guardSession(session.defaultSession);
  serveAppScheme(join(DIST, 'renderer'));
  const { log } = createLogging({ level: 'info', sinks: [new StreamSink(process.stdout)] });
  const text = appText(app.getLocale());
  const events = new ControlEvents();
  const server = new ServerProcess({
    clock: systemClock,
    events,
    fork: forkCore,
    report: (sentence) => log.error(sentence),
  });
  server.start();
  const console = openWindow({
    preload: join(DIST, 'preload.cjs'),
    icon: join(ASSETS, 'icon.png'),
    folder: app.getPath('userData'),
    onFirstHide: () => sayWhereItGoes(text),
  });
  const control = withAppProcedures(server, console.window, { events, log });
  bridgeControl(control, console.window.webContents);
  openTray(control, text, ASSETS, { open: console.show, quit: () => app.quit() });
  setMenu(text, { quit: () => app.quit() });
  quitInOrder({ server, window: console.window, text, letGo: console.letGo });
  app.on('second-instance', console.show);
  app.on('activate', console.show);
}

/** The server's own process: crashes there leave window and tray alone. */
const forkCore = (): CoreChild =>
  utilityProcess.fork(join(DIST, 'core.js'), [hearthHome()], { serviceName: 'Hearth server', stdio: 'inherit' });

function sayWhereItGoes({ stillHere }: AppText): void {
  if (Notification.isSupported()) new Notification(stillHere).show();
}

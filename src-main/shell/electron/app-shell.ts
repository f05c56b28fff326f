import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, Notification, session, utilityProcess } from 'electron';
import { systemClock } from '../../base/clock.js';
import { createLogging } from '../../logging/create-logger.js';
import { StreamSink } from '../../logging/stream-sink.js';
import { type Control, ControlEvents } from '../../control/procedure.js';
import { hearthHome } from '../host/locations.js';
import { AppSettingsFile } from './app-settings.js';
import { withAppProcedures } from './app-control.js';
import { declareAppScheme, serveAppScheme } from './app-protocol.js';
import { type AppText, appText } from './app-text.js';
import { LINK_SCHEME, placeIn, placeOf } from './deep-links.js';
import { watchClosing } from './close-without-tray.js';
import { bridgeControl } from './ipc-bridge.js';
import { HIDDEN, type LoginItem, openLoginItem } from './login-item.js';
import { setMenu } from './menu.js';
import { type Notice, Notices } from './notices.js';
import { Pause } from './pause.js';
import { openOutside } from './open-outside.js';
import { watchPower } from './power.js';
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
  app.setAsDefaultProtocolClient(LINK_SCHEME);
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
  const folder = app.getPath('userData');
  const settings = new AppSettingsFile(folder);
  const loginItem = openLoginItem();
  server.start();
  const console = openWindow({
    preload: join(DIST, 'preload.cjs'),
    icon: join(ASSETS, 'icon.png'),
    folder,
    isHidden: process.argv.includes(HIDDEN),
    place: placeIn(process.argv),
    onFirstHide: () => sayWhereItGoes(text),
    ...watchClosing({ settings, text, quit: () => app.quit() }),
  });
  const control = withAppProcedures(server, console.window, { events, log, settings, loginItem });
  bridgeControl(control, console.window.webContents);
  setMenu(text, { quit: () => app.quit() });
  quitInOrder({ server, window: console.window, text, letGo: console.letGo });
  attend({ control, server, settings, loginItem, text, events, show: console.show });
  app.on('second-instance', (_event, argv) => console.show(placeIn(argv)));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    console.show(placeOf(link));
  });
  app.on('activate', () => console.show());
}

interface Attention {
  readonly control: Control;
  readonly server: ServerProcess;
  readonly settings: AppSettingsFile;
  readonly loginItem: LoginItem;
  readonly text: AppText;
  readonly events: ControlEvents;
  show(place?: string): void;
}

/** What goes on whether the window is open or not: the tray, the computer's sleep, pauses, and notices. */
function attend({ control, server, settings, loginItem, text, events, show }: Attention): void {
  const pause = new Pause({ control, settings, clock: systemClock });
  const tellPower = watchPower({ settings, loginItem, tell: (change) => server.tellPower(change) });
  const showTray = openTray({
    control,
    text,
    assets: ASSETS,
    facts: () => ({ ...settings.settings, startAtLogin: loginItem.isOn() }),
    actions: {
      open: show,
      openChat: (address) => void openOutside(address),
      pause: (length) => void (length === 'hour' ? pause.forAnHour() : pause.untilTomorrow()),
      unpause: () => void pause.end(),
      setKeepAwake: (keepAwake) => settings.change({ keepAwake }),
      setStartAtLogin(isOn) {
        loginItem.set(isOn);
        settings.change({});
      },
      quit: () => app.quit(),
    },
  });
  settings.onChange(() => {
    showTray();
    events.announce('app.changed');
  });
  control.subscribe((event) => {
    if (event === 'connection.changed') tellPower();
  });
  pause.resume();
  const notices = new Notices({
    control,
    clock: systemClock,
    text,
    settings: () => settings.settings,
    show: (notice) => showNotice(notice, show),
  });
  notices.start();
}

/** @returns how to take it away */
function showNotice({ title, body, place }: Notice, show: (place: string) => void): () => void {
  if (!Notification.isSupported()) return () => undefined;
  const notification = new Notification({ title, body });
  notification.on('click', () => show(place));
  notification.show();
  return () => notification.close();
}

/** The server's own process: crashes there leave window and tray alone. */
const forkCore = (): CoreChild =>
  utilityProcess.fork(join(DIST, 'core.js'), [hearthHome()], { serviceName: 'Hearth server', stdio: 'inherit' });

function sayWhereItGoes({ stillHere }: AppText): void {
  if (Notification.isSupported()) new Notification(stillHere).show();
}

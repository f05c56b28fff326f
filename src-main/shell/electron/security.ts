import { app, type Session, type WebContents } from 'electron';
import { CONSOLE_ORIGIN } from './app-protocol.js';

/** The only thing pages may do beyond showing themselves: put a link or a password on the clipboard. */
const ALLOWED = 'clipboard-sanitized-write';

/** True for addresses of the console's own pages. */
export const isConsole = (address: string): boolean =>
  address === CONSOLE_ORIGIN || address.startsWith(`${CONSOLE_ORIGIN}/`);

/**
 * Takes from all pages what the console never needs: the network, devices, downloads and every permission but the
 * clipboard's. What runs in the window by mistake or malice can reach nothing.
 */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(permission === ALLOWED && isConsole(contents.getURL())),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === ALLOWED && isConsole(trimmed(origin)),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isConsole(url) && !isDevTools(url) }));
}

const trimmed = (origin: string): string => origin.replace(/\/$/, '');
const isDevTools = (url: string): boolean => !app.isPackaged && url.startsWith('devtools://');

/** No page leaves the console, opens windows or holds foreign pages, whatever made it. */
export function guardAllContents(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

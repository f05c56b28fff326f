import type { ServerState } from '../../control/contract.js';

/** The words outside the window: tray, menu, notices. The console's own words are in its pages. */
export interface AppText {
  readonly open: string;
  readonly quit: string;
  readonly restart: string;
  readonly edit: string;
  readonly view: string;
  readonly window: string;
  readonly stillHere: { readonly title: string; readonly body: string };
  readonly status: Readonly<Record<ServerState | 'unreachable', string>>;
  quitQuestion(connected: number): { readonly message: string; readonly detail: string };
  readonly keepRunning: string;
}

const en: AppText = {
  open: 'Open console',
  quit: 'Quit and stop the server',
  restart: 'Restart server',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  stillHere: {
    title: 'Hearth is still running',
    body: 'The server goes on without the window. You find it beside the clock.',
  },
  status: {
    'not-set-up': 'Not set up yet',
    starting: 'The server is starting',
    running: 'The server is running',
    stopping: 'The server is stopping',
    stopped: 'The server is stopped',
    failed: 'The server is not running',
    unreachable: 'The server does not answer',
  },
  quitQuestion: (connected) => ({
    message: connected === 1 ? 'One person is connected.' : `${connected} people are connected.`,
    detail: 'They cannot send or receive until you start Hearth again.',
  }),
  keepRunning: 'Keep running',
};

const de: AppText = {
  open: 'Konsole öffnen',
  quit: 'Beenden und Server anhalten',
  restart: 'Server neu starten',
  edit: 'Bearbeiten',
  view: 'Ansicht',
  window: 'Fenster',
  stillHere: {
    title: 'Hearth läuft weiter',
    body: 'Der Server läuft ohne das Fenster weiter. Du findest ihn neben der Uhr.',
  },
  status: {
    'not-set-up': 'Noch nicht eingerichtet',
    starting: 'Der Server startet',
    running: 'Der Server läuft',
    stopping: 'Der Server hält an',
    stopped: 'Der Server ist angehalten',
    failed: 'Der Server läuft nicht',
    unreachable: 'Der Server antwortet nicht',
  },
  quitQuestion: (connected) => ({
    message: connected === 1 ? 'Eine Person ist verbunden.' : `${connected} Personen sind verbunden.`,
    detail: 'Sie können nichts senden oder empfangen, bis du Hearth wieder startest.',
  }),
  keepRunning: 'Weiterlaufen lassen',
};

/** @param locale the system's: `de-AT` */
export const appText = (locale: string): AppText => (locale.startsWith('de') ? de : en);

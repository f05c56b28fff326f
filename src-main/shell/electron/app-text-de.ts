import type { AppText } from './app-text.js';

const time = new Intl.DateTimeFormat('de', { weekday: 'short', hour: 'numeric', minute: '2-digit' });
const things = (count = 0): string => (count === 1 ? 'Eine Sache braucht dich' : `${count} Sachen brauchen dich`);

/** German. */
export const de: AppText = {
  open: 'Konsole öffnen',
  openChat: 'Chat öffnen',
  invite: 'Jemanden einladen …',
  tryAll: 'Jetzt allen zu senden versuchen',
  pauseHour: 'Eine Stunde pausieren',
  pauseTomorrow: 'Bis morgen pausieren',
  unpause: 'Pause beenden',
  keepAwake: 'Diesen Computer wach halten',
  startAtLogin: 'Bei der Anmeldung starten',
  logs: 'Protokoll zeigen',
  quit: 'Beenden und Server anhalten',
  restart: 'Server neu starten',
  edit: 'Bearbeiten',
  view: 'Ansicht',
  window: 'Fenster',
  stillHere: {
    title: 'Hearth läuft weiter',
    body: 'Der Server läuft ohne das Fenster weiter. Du findest ihn neben der Uhr.',
  },
  status(state, { problems, until }) {
    switch (state) {
      case 'not-set-up':
        return 'Noch nicht eingerichtet';
      case 'starting':
        return 'Der Server startet';
      case 'running':
        return 'Der Server läuft';
      case 'attention':
        return `Der Server läuft. ${things(problems)}.`;
      case 'trouble':
        return `Der Server läuft, aber etwas geht nicht. ${things(problems)}.`;
      case 'sleeping':
        return 'Der Computer schläft gleich ein';
      case 'paused':
        return until === undefined ? 'Pause' : `Pause bis ${time.format(until)}`;
      case 'stopping':
        return 'Der Server hält an';
      case 'stopped':
        return 'Der Server ist angehalten';
      case 'failed':
        return 'Der Server läuft nicht';
      case 'unreachable':
        return 'Der Server antwortet nicht';
    }
  },
  notices: {
    reach: {
      title: 'Dein Server ist nicht so erreichbar, wie er soll',
      body: 'Öffne Hearth: Dort steht, warum, und was zu tun ist.',
    },
    storage: { title: 'Der Platz wird knapp', body: 'Öffne Hearth: Dort steht, was ihn braucht und was weg kann.' },
    backup: {
      title: 'Dein Wiederherstellungspaket ist nicht gesichert',
      body: 'Ohne es kann niemand deinen Server zurückbringen.',
    },
    security: {
      title: 'Etwas an deinem Server ist nicht sicher',
      body: 'Öffne Hearth: Dort steht, was es ist und was zu tun ist.',
    },
  },
  reachableAgain: (minutes) => ({
    title: 'Dein Server ist wieder erreichbar',
    body: minutes === 1 ? 'Eine Minute lang war er es nicht.' : `${minutes} Minuten lang war er es nicht.`,
  }),
  quitQuestion: (connected) => ({
    message: connected === 1 ? 'Eine Person ist verbunden.' : `${connected} Personen sind verbunden.`,
    detail: 'Sie können nichts senden oder empfangen, bis du Hearth wieder startest.',
  }),
  keepRunning: 'Weiterlaufen lassen',
  backgroundQuestion: {
    message: 'Im Hintergrund weiterlaufen?',
    detail:
      'Der Server läuft ohne das Fenster weiter. Um das Fenster wieder zu sehen, starte Hearth noch einmal. ' +
      'Hearth merkt sich deine Antwort.',
  },
  finishing: 'Hält an: Begonnenes wird noch fertig',
};

import type { enDesktop } from './en-desktop.js';

/** German: the app on this computer. */
export const deDesktop: Readonly<Record<keyof typeof enDesktop, string>> = {
  'desktop.start-title': 'Starten und Schlafen',
  'desktop.start-at-login': 'Hearth starten, wenn sich jemand an diesem Computer anmeldet',
  'desktop.start-at-login-hint':
    'Das Fenster bleibt zu; du findest Hearth neben der Uhr. Nach einem Neustart des Computers ist niemand erreichbar, bis sich jemand anmeldet.',
  'desktop.keep-awake': 'Diesen Computer wach halten, solange er am Strom hängt',
  'desktop.keep-awake-hint':
    'Mit Akku darf er schlafen. Ein Laptop schläft ein, wenn er zugeklappt wird, was auch immer hier steht.',
  'desktop.notices-title': 'Mitteilungen',
  'desktop.notice-reach': 'Wenn der Server nicht erreichbar ist, und wenn er es wieder ist',
  'desktop.notice-storage': 'Wenn der Platz ausgeht',
  'desktop.notice-backup': 'Wenn das Wiederherstellungspaket nicht gesichert ist',
  'desktop.notice-security': 'Wenn etwas nicht sicher ist',
  'desktop.quiet-hours': 'Von 22:00 bis 7:00 still sein',
  'desktop.quiet-hours-hint':
    'Dann wird nur gesagt, was nicht warten kann: eine volle Platte, und was nicht sicher ist.',
};

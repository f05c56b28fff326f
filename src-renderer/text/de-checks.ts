import type { enChecks } from './en-checks.js';

/** Von Listen mit Prüfungen, was immer sie ansehen. */
export const deChecks: Record<keyof typeof enChecks, string> = {
  'check.state-ok': 'In Ordnung',
  'check.state-warning': 'Warnung',
  'check.state-error': 'Fehler',
  'check.state-not-applicable': 'Nicht nötig',
  'check.state-could-not-check': 'Nicht bekannt',
  'check.state-waiting': 'Wartet',
  'check.state-running': 'Prüft',
  'check.state-pending': 'Noch nicht',
  'check.expected': 'Erwartet',
  'check.found': 'Gefunden',
  'check.fix': 'Was zu tun ist',
};

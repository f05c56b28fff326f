import type { enFrame } from './en-frame.js';

/** German: what stands around every screen. */
export const deFrame: Readonly<Record<keyof typeof enFrame, string>> = {
  'palette.title': 'Gehe zu',
  'palette.open': 'Gehe zu …',
  'palette.field': 'Eine Seite, eine Person, ein Raum oder ein Server',
  'palette.found': 'Was gefunden wurde',
  'palette.count': '{count, plural, one {Ein Ort} other {# Orte}}. Die Pfeiltasten wählen, die Eingabetaste geht hin.',
  'palette.nothing': 'Nichts hier hat das im Namen.',

  'shortcuts.title': 'Tasten',
  'shortcuts.palette': 'Zu einer Seite, einer Person, einem Raum oder einem Server gehen',
  'shortcuts.region': 'Zwischen den Bereichen und der Seite wechseln',
  'shortcuts.close': 'Schließen, was offen ist, und nichts ändern',
  'shortcuts.help': 'Diese Tasten zeigen',
};

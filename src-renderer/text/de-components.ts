import type { enComponents } from './en-components.js';

/** Of what several screens share. */
export const deComponents: Record<keyof typeof enComponents, string> = {
  'table.more': 'Mehr zeigen',
  'confirm.type': 'Gib zur Bestätigung {name} ein',
  'confirm.mismatch': 'Das ist nicht der Name.',
  'confirm.untouched': 'Was unberührt bleibt',
};

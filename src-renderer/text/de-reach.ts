import type { enReach } from './en-reach.js';

/** Vom Weg, den andere zu diesem Server nehmen. */
export const deReach: Record<keyof typeof enReach, string> = {
  'reach.title': 'Erreichen uns andere?',
  'reach.summary': 'Was gefunden wurde',
  'reach.none': 'Noch hat niemand nachgesehen.',
  'reach.none-text':
    'Hearth geht den Weg, den andere Server zu deinem nehmen, Schritt für Schritt, und sagt, was zu tun ist, wo er versperrt ist. Nach jedem Start und alle sechs Stunden sieht es von selbst nach.',
  'reach.start': 'Prüfung starten',
  'reach.again': 'Noch einmal prüfen',
  'reach.again-this': 'Diesen Schritt prüfen',
  'reach.again-step': 'Diesen Schritt noch einmal prüfen: {step}',
  'reach.running': 'Prüft: {done} von {all} Schritten fertig.',
  'reach.at': 'Nachgesehen {when}',
  'reach.copy-text': 'Bericht kopieren',
  'reach.copy-json': 'Als JSON kopieren',
  'reach.copy-hint':
    'Ein Bericht ist für jemanden, der dir hilft. Adressen darin sind durch ip-1, ip-2 … ersetzt; Servernamen nicht.',
  'reach.outcome-ok': 'Andere Server erreichen {name}.',
  'reach.outcome-barred': 'Andere Server erreichen dich nicht, wegen „{step}“.',
  'reach.outcome-wrong': 'Andere Server erreichen dich, aber „{step}“ geht nicht.',
  'reach.outcome-mend': 'Andere Server erreichen dich. „{step}“ könnte besser sein.',
  'reach.outcome-unknown':
    'Soweit es sich von hier sagen lässt, ist nichts falsch. Von außen hat noch niemand nachgesehen.',
  'reach.waiting': '{count, plural, one {Eine Prüfung wartet} other {# Prüfungen warten}} darauf.',
  'reach.part-machine': 'Dieser Computer',
  'reach.part-name': 'Dein Name',
  'reach.part-way': 'Der Weg hierher',
  'reach.part-out': 'Der Weg hinaus',
  'reach.part-people': 'Für die Apps der Leute',
  'reach.part-outside': 'Von anderswo',
  'reach.friend': 'Den Server von Freunden nachsehen lassen',
  'reach.friend-text':
    'Ein anderer Matrix-Server wird nach den Schlüsseln deines Servers gefragt. Um zu antworten, muss er herkommen; das zeigt, ob der Weg von außen offen ist.',
  'reach.friend-name': 'Name des anderen Servers',
  'reach.friend-ask': 'Fragen',
};

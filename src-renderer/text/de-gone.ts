import type { enGone } from './en-gone.js';

/** Von verschwundenen Servern, und wie viel hin und her geht. */
export const deGone: Readonly<Record<keyof typeof enGone, string>> = {
  'tidy.title': '{count, plural, one {Ein Server antwortet} other {# Server antworten}} seit Langem nicht',
  'tidy.text': 'Was auf sie wartet, kommt kaum noch an und kann verworfen werden.',
  'tidy.open': 'Aufräumen …',
  'tidy.dialog-title': 'Nach verschwundenen Servern aufräumen?',
  'tidy.dialog-text': 'Kommt einer zurück, wird er neu kennengelernt.',
  'tidy.servers': 'Server',
  'tidy.name-gone': 'Der Name ist seit {date} nicht zu finden.',
  'tidy.silent': 'Keine Antwort seit {date}.',
  'tidy.nobody': 'Wähle einen Server.',
  'tidy.drop-events':
    '{count, plural, =0 {Keine Nachricht wartet auf sie} one {Eine wartende Nachricht wird verworfen} other {# wartende Nachrichten werden verworfen}}',
  'tidy.drop-more': '{count, number} wartende Nachrichten oder mehr werden verworfen',
  'tidy.drop-others': 'Wartende Schlüssel für verschlüsselte Nachrichten werden verworfen',
  'tidy.copies': 'Kopien von Dateien von dort löschen',
  'tidy.copies-hint':
    '{count, plural, one {Eine Datei} other {# Dateien}} ({size}). Niemand kann {count, plural, one {sie} other {sie}} noch einmal holen.',
  'tidy.drop-copies':
    '{count, plural, one {Eine Kopie einer Datei wird gelöscht} other {# Kopien von Dateien werden gelöscht}} ({size})',
  'tidy.rooms': 'Räume verlassen, in denen nur sie und deine Leute sind, und löschen, was davon gespeichert ist',
  'tidy.drop-room':
    '{people, plural, =0 {niemand von dir geht} one {eine Person von dir geht} other {# von dir gehen}}, {events, plural, one {ein Ereignis wird} other {# Ereignisse werden}} gelöscht ({size})',
  'tidy.forget': 'Was über sie bekannt ist, wird vergessen, sobald kein Raum mehr geteilt wird',
  'tidy.untouched':
    'Räume, in denen auch andere sind, mit allem, was dort gesagt wurde; und was deine Leute anderswo geschrieben haben.',
  'tidy.wanted': '{count, plural, one {ein Raum} other {# Räume}}',
  'tidy.do': 'Aufräumen',
  'tidy.done': 'Aufgeräumt.',
  'tidy.done-rooms':
    'Aufgeräumt. {count, plural, one {Ein Raum wird} other {# Räume werden}} entfernt; unter Räume steht, wie weit das ist.',
  'traffic.title': 'Verkehr',
  'traffic.lead':
    'Ereignisse sind Nachrichten und Änderungen an Räumen. Eines, das an drei Server geht, zählt dreimal.',
  'traffic.span': 'Gezeigte Zeit',
  'traffic.span-day': '24 Stunden',
  'traffic.span-week': '7 Tage',
  'traffic.span-month': '30 Tage',
  'traffic.as-table': 'Als Tabelle',
  'traffic.as-lines': 'Als Linien',
  'traffic.sent': 'Gesendete Ereignisse',
  'traffic.received': 'Empfangene Ereignisse',
  'traffic.line':
    '{total, plural, =0 {keine} one {eines} other {#}}, höchstens {most, number} von einem Punkt zum nächsten',
  'traffic.table': 'Ereignisse im Lauf der Zeit',
  'traffic.table-from': 'Ab',
  'traffic.servers': 'Mit wem',
  'traffic.column-server': 'Server',
  'traffic.column-requests-sent': 'Unsere Anfragen',
  'traffic.column-requests-received': 'Seine Anfragen',
  'traffic.some': 'Die {shown, number} mit dem meisten Verkehr von {count, number} Servern.',
  'traffic.none': 'In dieser Zeit ging nichts an andere Server und kam nichts von ihnen.',
};

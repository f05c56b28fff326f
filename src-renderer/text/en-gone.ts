/** Of servers that are gone, and how much goes to and fro. */
export const enGone = {
  'tidy.title': '{count, plural, one {A server has} other {# servers have}} not answered for long',
  'tidy.text': 'What waits for them will hardly ever arrive, and may be dropped.',
  'tidy.open': 'Tidy up…',
  'tidy.dialog-title': 'Tidy up after servers that are gone?',
  'tidy.dialog-text': 'If one of them comes back, it is met anew.',
  'tidy.servers': 'Servers',
  'tidy.name-gone': 'Its name has not been found since {date}.',
  'tidy.silent': 'It has not answered since {date}.',
  'tidy.nobody': 'Choose a server.',
  'tidy.drop-events':
    '{count, plural, =0 {No messages wait for them} one {One message that waits is dropped} other {# messages that wait are dropped}}',
  'tidy.drop-more': '{count, number} messages that wait, or more, are dropped',
  'tidy.drop-others': 'Keys for encrypted messages that wait are dropped',
  'tidy.copies': 'Delete copies of files from there',
  'tidy.copies-hint':
    '{count, plural, one {One file} other {# files}} ({size}). Nobody can fetch {count, plural, one {it} other {them}} again.',
  'tidy.drop-copies':
    '{count, plural, one {One copy of a file is deleted} other {# copies of files are deleted}} ({size})',
  'tidy.rooms': 'Leave rooms where only they and your people are, and delete what is stored of them',
  'tidy.drop-room':
    '{people, plural, =0 {nobody of yours leaves} one {one of yours leaves} other {# of yours leave}}, {events, plural, one {one event is} other {# events are}} deleted ({size})',
  'tidy.forget': 'What is known of them is forgotten, once no room is shared with them',
  'tidy.untouched':
    'Rooms that others are in too, with all that was said there; and what people of yours wrote elsewhere.',
  'tidy.wanted': '{count, plural, one {one room} other {# rooms}}',
  'tidy.do': 'Tidy up',
  'tidy.done': 'Tidied up.',
  'tidy.done-rooms':
    'Tidied up. {count, plural, one {A room is} other {# rooms are}} being removed; Rooms shows how far that is.',
} as const;

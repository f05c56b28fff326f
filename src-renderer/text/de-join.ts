import type { enJoin } from './en-join.js';

/** Die Seite hinter dem Link einer Einladung, und Einladungen, die man neu macht. */
export const deJoin: Readonly<Record<keyof typeof enJoin, string>> = {
  'join.unreachable-title': 'Der Server antwortet nicht',
  'join.unreachable-text':
    'Ist dieser Server nur für zu Hause, braucht es das WLAN dort: Verbinde dich damit und versuche es noch einmal. Sonst ist er vielleicht ausgeschaltet; frage, wer dich eingeladen hat.',
  'join.open-app': 'In Element X öffnen',
  'join.sign-in-name': 'Melde dich an als',
  'join.phone-title': 'Weiter auf dem Telefon',
  'join.phone-text': 'Richte die Kamera darauf: Element X öffnet sich, oder die Seite, auf der du es bekommst.',
  'join.phone-qr': 'Der Link, der Element X öffnet, als QR-Code; der Knopf daneben ist derselbe Link',
  'password.page': 'Neues Passwort',
  'password.title': 'Wähle ein neues Passwort',
  'password.for': 'Für',
  'password.set': 'Passwort setzen',
  'password.done-title': 'Dein neues Passwort gilt',
  'password.done-text': 'Melde dich damit in deiner App an. Dieser Link gilt nicht mehr.',
  'password.invalid-title': 'Dieser Link gilt nicht mehr',
  'password.invalid-text': 'Er gilt einmal und einen Tag lang. Bitte um einen neuen, wo du ihn bekommen hast.',
  'people.link': 'Stattdessen ein Link',
  'people.link-text':
    'Zum Weitergeben: Damit lässt sich selbst ein neues Passwort wählen. Er gilt einmal, bis {date}, und ersetzt frühere Links.',
  'people.link-label': 'Link',
  'people.link-qr': 'Der Link als QR-Code',
  'invitations.again': 'Eine neue wie diese machen',
  'invitations.again-what': 'Eine neue wie diese machen: {token}',
};

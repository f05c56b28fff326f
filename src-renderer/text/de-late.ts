import type { enLate } from './en-late.js';

/** Von Nachrichten, die zu spät kamen, und von gesperrten Servern. */
export const deLate: Record<keyof typeof enLate, string> = {
  'late.title': 'Verspätete Nachrichten',
  'late.lead':
    'Füge den Link oder die Ereignis-ID einer Nachricht ein und sieh, wo sie auf dem Weg hierher aufgehalten wurde.',
  'late.message': 'Link zur Nachricht oder ihre Ereignis-ID',
  'late.hint': 'In den meisten Apps: im Menü der Nachricht, „Teilen“ oder „Quelltext anzeigen“',
  'late.ask': 'Herausfinden',
  'late.none': 'Dieser Server hat diese Nachricht nicht.',
  'late.bad': 'Das nennt keine Nachricht: Eine Ereignis-ID beginnt mit $.',
  'late.own': 'Diese Nachricht wurde auf diesem Server geschrieben.',
  'late.of': 'Von {sender} in {room}',
  'late.sent': 'Gesendet',
  'late.received': 'Von uns empfangen',
  'late.checked': 'Geprüft',
  'late.put-aside': 'Beiseitegelegt, um auf das zu warten, worauf sie beruht',
  'late.stored': 'In ihrem Raum',
  'late.delivered': 'Erstmals einem Gerät gesagt',
  'late.unknown': 'Nicht mehr bekannt: Sie kam vor langer Zeit oder vor dem letzten Start.',
  'late.not-yet': 'Noch nicht',
  'late.took': '{time} später',
  'late.clock': 'Die Uhr des anderen Servers geht um {time} falsch; die Sendezeit ist danach berichtigt.',
  'late.clock-unknown': 'Die Uhr des anderen Servers ist nicht bekannt, die Sendezeit ist deshalb seine eigene Angabe.',
  'late.slow-received': 'Sie wurde auf dem Weg aufgehalten: {server} oder das Netz dazwischen brauchte {time}.',
  'late.slow-checked':
    'Sie wurde bei der Prüfung aufgehalten ({time}): Die Schlüssel des Absenders mussten geholt werden.',
  'late.slow-stored':
    'Sie wurde aufgehalten, bevor sie ihren Platz bekam ({time}): Worauf sie beruht, musste erst geholt werden.',
  'late.slow-delivered': 'Sie war hier, aber {time} lang fragte kein Gerät.',
  'late.quick': 'Sie wurde nirgends lange aufgehalten.',
  'blocks.title': 'Gesperrt',
  'blocks.lead':
    'Server, von denen deiner nichts annimmt und denen er nichts schickt. In der Konfiguration steht das unter federation_domain_blocklist.',
  'blocks.none': 'Kein Server ist gesperrt.',
  'blocks.name': 'Server, der gesperrt wird',
  'blocks.hint': 'Ein Name, oder *.example.org für alle darunter',
  'blocks.add': 'Sperren…',
  'blocks.unblock-what': 'Sperre von {name} aufheben',
  'allow.heading': 'Nur einige Server',
  'allow.everybody': 'Dein Server spricht mit jedem anderen, der nicht gesperrt ist.',
  'allow.only':
    '{count, plural, =0 {Dein Server spricht mit keinem anderen.} one {Dein Server spricht nur mit diesem:} other {Dein Server spricht nur mit diesen #:}}',
  'allow.open': 'Nur mit einigen sprechen …',
  'allow.change': 'Ändern …',
  'allow.all': 'Wieder mit allen sprechen',
  'allow.title': 'Nur mit diesen Servern sprechen?',
  'allow.text': 'Ab jetzt geht nichts mehr an andere Server, und von ihnen wird nichts angenommen.',
  'allow.names': 'Servernamen',
  'allow.hint': 'Einer je Zeile. Eine leere Liste heißt: keiner.',
  'allow.left-out':
    '{count, plural, =0 {Alle Server, mit denen du Räume teilst, stehen auf der Liste.} one {Ein Server, mit dem du Räume teilst, steht nicht auf der Liste:} other {# Server, mit denen du Räume teilst, stehen nicht auf der Liste:}}',
  'allow.do': 'Nur mit diesen sprechen',
};

import type { enHealth } from './en-health.js';

/** German: Home, and what is wrong. */
export const deHealth: Record<keyof typeof enHealth, string> = {
  'status.attention': 'Braucht einen Blick',
  'status.trouble': 'Etwas stimmt nicht',
  'status.sleeping': 'Schläft gleich ein',

  'home.sentence-running':
    'Dein Server läuft. {connected, plural, =0 {Niemand ist verbunden.} other {{connected} von {people, plural, one {# Person} other {# Personen}} {connected, plural, one {ist} other {sind}} verbunden.}}{reach, select, yes { Andere Server erreichen dich.} no { Andere Server erreichen dich nicht.} other {}}',
  'home.sentence-attention':
    'Dein Server läuft. {connected, plural, =0 {Niemand ist verbunden.} other {{connected} von {people, plural, one {# Person} other {# Personen}} {connected, plural, one {ist} other {sind}} verbunden.}} {problems, plural, one {Eine Sache braucht} other {# Sachen brauchen}} deine Aufmerksamkeit.',
  'home.sentence-trouble':
    'Dein Server läuft, aber nicht alles geht. {connected, plural, =0 {Niemand ist verbunden.} other {{connected} von {people, plural, one {# Person} other {# Personen}} {connected, plural, one {ist} other {sind}} verbunden.}} {problems, plural, one {Eine Sache braucht} other {# Sachen brauchen}} deine Aufmerksamkeit.',
  'home.sentence-sleeping': 'Dieser Computer schläft gleich ein. Bis er aufwacht, kann niemand senden oder empfangen.',

  'home.check-now': 'Jetzt prüfen',

  'home.repairs': 'Zu reparieren',
  'home.nothing': 'Nichts zu reparieren',
  'home.nothing-text': '{count, plural, one {# Prüfung findet} other {# Prüfungen finden}} nichts auszusetzen.',
  'home.nothing-yet': 'Die Prüfungen haben eben erst begonnen.',
  'home.ignored': '{count, plural, one {Ein Problem, das du übergehst} other {# Probleme, die du übergehst}}',
  'home.all-checks': 'Alle Prüfungen',
  'home.ignored-until': 'Übergangen bis {when}',
  'home.ignored-changed': 'Übergangen, bis es sich ändert',
  'home.show-again': 'Wieder zeigen',
  'home.since': 'Seit {when}.',
  'home.last-checked': 'Zuletzt geprüft {when}.',
  'home.never-checked': 'Noch nicht geprüft.',
  'home.as-of': 'Stand {when}',
  'home.more': 'Übergehen oder prüfen: {problem}',
  'home.ignore-day': 'Einen Tag übergehen',
  'home.ignore-week': 'Eine Woche übergehen',
  'home.ignore-changed': 'Übergehen, bis es sich ändert',
  'home.what-to-do': 'Was zu tun ist:',
  'home.history': 'Die letzten 30 Tage',
  'home.history-ok': '{share} der letzten 30 Tage in Ordnung.',
  'home.evidence': 'Was gefunden wurde',

  'home.how': 'Wie es läuft',
  'home.span': 'Gezeigte Zeit',
  'home.span-hour': '1 Stunde',
  'home.span-day': '24 Stunden',
  'home.span-week': '7 Tage',
  'home.span-month': '30 Tage',
  'home.as-table': 'Als Tabelle zeigen',
  'home.as-tiles': 'Als Kacheln zeigen',
  'home.table': 'Wie es läuft, als Tabelle',
  'home.table-time': 'Ab',
  'home.trend': '{what}: mindestens {low}, höchstens {high}.',
  'home.trend-none': '{what}: noch nichts gemessen.',

  'measure.connected': 'Verbundene Personen',
  'measure.activeRooms': 'Benutzte Räume',
  'measure.messages': 'Nachrichten pro Minute',
  'measure.messagesLocal': 'Nachrichten von hier, pro Minute',
  'measure.messagesRemote': 'Nachrichten von anderen, pro Minute',
  'measure.delay': 'Verzögerung',
  'measure.memory': 'Arbeitsspeicher',
  'measure.disk': 'Platte',
  'measure.diskUsed': 'Platte belegt',
  'measure.diskFree': 'Platte frei',
  'measure.waitingServers': 'Wartet aufs Senden',
  'measure.waitingAge': 'Wartet seit',
  'measure.stall': 'Längster Stillstand',
  'measure.up': 'Läuft seit',
  'measure.down': 'In diesem Zustand seit',
  'measure.people-note': 'von {all, plural, one {# Konto} other {# Konten}}',
  'measure.rooms-note': 'in den letzten 24 Stunden',
  'measure.messages-note': '{local} von hier, {remote} von anderen',
  'measure.delay-note': '95 von 100 von anderen waren schneller',
  'measure.delay-none': 'Noch keine',
  'measure.delay-none-note': 'keine Nachrichten von anderen Servern',
  'measure.memory-note': 'von {budget}, die dafür gedacht sind',
  'measure.memory-meter': '{share} des dafür gedachten Arbeitsspeichers sind belegt',
  'measure.disk-value': '{free} frei',
  'measure.disk-note': '{used} belegt der Server',
  'measure.disk-weeks':
    '{weeks, plural, =0 {So ist sie in weniger als einer Woche voll} one {So ist sie in einer Woche voll} other {So ist sie in # Wochen voll}}',
  'measure.disk-meter': '{share} der Platte sind belegt',
  'measure.waiting-value': '{servers, plural, =0 {Nichts} one {Für einen Server} other {Für # Server}}',
  'measure.waiting-note': 'das Älteste seit {age}',
  'measure.waiting-none': 'alles ist gesendet',
  'measure.up-note': 'Hearth {version}',
  'measure.ms': '{value} ms',
  'measure.s': '{value} s',
  'measure.counting': 'Zählt noch…',

  'day.title': 'Die letzten 24 Stunden',
  'day.label': 'Wie der Server durch die letzten 24 Stunden kam',
  'day.up': 'Läuft',
  'day.asleep': 'Schläft',
  'day.offline': 'Kein Netz',
  'day.stopped': 'Läuft nicht',
  'day.unknown': 'Nicht bekannt',
  'day.legend': '{state}: {length}',
  'day.from': 'Von',
  'day.to': 'Bis',
  'day.state': 'Zustand',
  'day.now': 'Jetzt',

  'first.title': 'Erste Schritte',
  'first.done': 'Erledigt',
  'first.open': 'Offen',
  'first.sign-in': 'Mit einer App anmelden',
  'first.sign-in-text': 'Element X, Element oder jede andere Matrix-App. Die Adresse steht unten.',
  'first.invite': 'Jemanden einladen',
  'first.invite-text': 'Ein Link oder ein Bild zum Abfotografieren, für eine Person oder für die Familie.',
  'first.key': 'Die Notfallmappe sichern',
  'first.key-text': 'Ohne sie kann niemand diesen Server unter demselben Namen zurückholen.',
  'first.reach': 'Nachsehen, ob andere dich erreichen',
  'first.reach-text': 'Prüft den Weg zu deinem Server Schritt für Schritt.',

  'activity.title': 'Was geschah',
  'activity.none': 'Noch nichts.',
  'activity.more': 'Mehr zeigen',
  'activity.server-started': 'Der Server wurde gestartet.',
  'activity.server-stopped': 'Der Server wurde angehalten.',
  'activity.server-stopped-unexpectedly': 'Der Server hielt an, ohne dass jemand darum bat.',
  'activity.asleep': 'Der Computer schlief {length} lang.',
  'activity.asleep-told':
    'Der Computer schlief von {from} bis {to}. Wir haben {told, plural, one {# Server} other {# Servern}} gesagt, dass du wieder da bist; {answered} {answered, plural, one {hat} other {haben}} geantwortet.',
  'activity.server-started-told':
    'Der Server wurde gestartet. Wir haben {told, plural, one {# Server} other {# Servern}} gesagt, dass du wieder da bist; {answered} {answered, plural, one {hat} other {haben}} geantwortet.',
  'activity.offline': 'Der Computer war {length} lang in keinem Netz.',
  'activity.person-added': 'Neues Konto:',
  'activity.person-changed': 'Konto geändert:',
  'activity.person-deactivated': 'Konto deaktiviert:',
  'activity.person-erased':
    '{messages, plural, =0 {Keine Nachricht} one {Eine Nachricht} other {# Nachrichten}} und {files, plural, =0 {keine Datei} one {eine Datei} other {# Dateien}} gelöscht, von:',
  'activity.person-not-erased':
    'Das Löschen wurde nicht fertig: {messages, plural, =0 {keine Nachricht} one {eine Nachricht} other {# Nachrichten}} und {files, plural, =0 {keine Datei} one {eine Datei} other {# Dateien}} sind weg, von:',
  'activity.servers-tidied':
    'Nach {servers, plural, one {einem verschwundenen Server} other {# verschwundenen Servern}} aufgeräumt.',
  'activity.invitation-made': 'Eine Einladung wurde erstellt.',
  'activity.invitation-revoked': 'Eine Einladung wurde zurückgenommen.',
  'activity.invitation-restored': 'Eine Einladung gilt wieder.',
  'activity.room-deleted': 'Ein Raum wurde gelöscht.',
  'activity.room-blocked': 'Ein Raum wurde gesperrt.',
  'activity.history-purged': 'Alte Nachrichten eines Raums wurden gelöscht.',
  'activity.media-deleted':
    '{files, plural, =0 {Linkvorschauen wurden gelöscht.} one {Eine Datei wurde gelöscht.} other {# Dateien wurden gelöscht.}}',
  'activity.database-shrunk': 'Die Datenbank wurde neu geschrieben: {free} sind wieder frei.',
  'activity.certificate-renewed': 'Es gibt ein neues Zertifikat. Es gilt bis {until}.',
  'activity.address-changed': 'Die Adresse dieses Computers zu Hause wurde von {before} zu {now}.',
  'activity.key-saved': 'Die Notfallmappe wurde gesichert.',
  'activity.settings-changed': 'Einstellungen wurden geändert.',
  'activity.problem-began': 'Ein Problem begann: {check}.',
  'activity.problem-ended': 'Gelöst: {check}.',
  'activity.unknown': 'Etwas geschah, wofür diese Konsole keine Worte hat.',

  'health.action-show-address': 'Adresse zeigen',
  'health.action-show-certificate': 'Zertifikat zeigen',
  'health.action-show-dns': 'Zeigen, was einzutragen ist',
  'health.action-show-logs': 'Protokoll zeigen',
  'health.action-show-invitations': 'Einladungen zeigen',
  'health.action-show-people': 'Personen zeigen',
  'health.action-show-reach': 'Schritt für Schritt zeigen',
  'health.action-show-room': 'Raum zeigen',
  'health.action-show-rooms': 'Räume zeigen',
  'health.action-show-servers': 'Andere Server zeigen',
  'health.action-show-settings': 'Einstellungen öffnen',
  'health.action-show-start-and-sleep': 'Einstellungen öffnen',
  'health.action-show-storage': 'Platz schaffen',
  'health.action-save-key': 'Notfallmappe sichern',
  'health.action-restart-server': 'Server neu starten',
  'health.action-check-again': 'Noch einmal prüfen',

  'health.unknown': 'Eine Prüfung, für die diese Konsole keine Worte hat',

  'health.on-battery': 'Stromversorgung',
  'health.on-battery.what': 'Dieser Computer läuft mit seinem Akku.',
  'health.on-battery.means': 'Ist der leer, kann niemand senden oder empfangen.',
  'health.on-battery.todo': 'Steck ihn ein.',

  'health.slept': 'Schlaf',
  'health.slept.what': 'Dieser Computer schlief von {from} bis {to}.',
  'health.slept.means':
    'So lange konnte niemand senden oder empfangen. Was andere sandten, kommt spät, wenn ihre Server es wieder versuchen.',
  'health.slept.todo': 'Lass ihn wach bleiben, solange er am Strom hängt; oder lass es, wenn es niemanden stört.',

  'health.sleep-not-prevented': 'Wach bleiben',
  'health.sleep-not-prevented.what': 'Dieser Computer darf von selbst einschlafen.',
  'health.sleep-not-prevented.means': 'Während er schläft, kann niemand senden oder empfangen.',
  'health.sleep-not-prevented.todo': 'Schalte „Diesen Computer wach halten“ ein.',

  'health.autostart-off': 'Von selbst starten',
  'health.autostart-off.what': 'Der Server startet nicht von selbst.',
  'health.autostart-off.means': 'Nach einem Neustart dieses Computers bleibt er aus, bis jemand Hearth öffnet.',
  'health.autostart-off.todo': 'Schalte „Bei der Anmeldung starten“ ein.',

  'health.offline': 'Netz',
  'health.offline.what': 'Dieser Computer ist in keinem Netz.',
  'health.offline.means': 'Nur wer an diesem Computer sitzt, erreicht den Server.',
  'health.offline.todo': 'Prüfe das Kabel oder das WLAN dieses Computers.',

  'health.address-changed': 'Adresse zu Hause',
  'health.address-changed.what': 'Der Router gab diesem Computer eine andere Adresse: {now} statt {before}.',
  'health.address-changed.means':
    'Apps, die sich mit der alten Adresse angemeldet haben, finden den Server nicht mehr.',
  'health.address-changed.todo':
    'Lass den Router diesem Computer immer dieselbe Adresse geben (oft „Adressreservierung“), am besten die alte.',

  'health.dns-record': 'Name im DNS',
  'health.dns-record.what': '{host} hat keine Adresse im DNS.',
  'health.dns-record.means': 'Weder Apps noch andere Server finden diesen Server unter seinem Namen.',
  'health.dns-record.todo': 'Lege dort, wo der Name registriert ist, einen A- oder AAAA-Eintrag an.',

  'health.certificate': 'Zertifikat',
  'health.certificate.what': 'Das Zertifikat ist nicht zu gebrauchen.',
  'health.certificate.means': 'Apps und andere Server lehnen die Verbindung ab.',
  'health.certificate.todo': 'Leg ein gutes Zertifikat mit seinem Schlüssel an seinen Platz.',
  'health.certificate.DATES_SOON.what':
    '{days, plural, =0 {Das Zertifikat läuft heute ab.} one {Das Zertifikat läuft morgen ab.} other {Das Zertifikat läuft in # Tagen ab.}}',
  'health.certificate.DATES_SOON.means': 'Danach lehnen Apps und andere Server die Verbindung ab.',
  'health.certificate.DATES_SOON.todo': 'Erneuere es vor dem {at}.',
  'health.certificate.DATES_EXPIRED.what': 'Das Zertifikat ist am {at} abgelaufen.',
  'health.certificate.DATES_EXPIRED.todo': 'Erneuere das Zertifikat.',
  'health.certificate.DATES_EARLY.what': 'Das Zertifikat gilt erst ab {at}.',
  'health.certificate.DATES_EARLY.todo':
    'Prüfe die Uhr dieses Computers; sonst warte, oder nimm ein anderes Zertifikat.',
  'health.certificate.NAME_OTHER.what': 'Das Zertifikat ist für {names}, nicht für {host}.',
  'health.certificate.NAME_OTHER.todo': 'Besorge ein Zertifikat für {host}.',
  'health.certificate.KEY_OTHER.what': 'Der private Schlüssel gehört zu einem anderen Zertifikat.',

  'health.certificate-chain': 'Wer für das Zertifikat bürgt',
  'health.certificate-chain.what': 'Niemand, dem andere trauen, bürgt für das Zertifikat.',
  'health.certificate-chain.means': 'Apps warnen davor, und andere Server lehnen die Verbindung ab.',
  'health.certificate-chain.todo':
    'Besorge ein Zertifikat von einer öffentlichen Stelle, und lass die ganze Kette senden.',
  'health.certificate-chain.CHAIN_SELF_SIGNED.what': 'Der Server bürgt selbst für sein Zertifikat.',
  'health.certificate-chain.CHAIN_INCOMPLETE.what': 'Die Zertifikate zwischen deinem und seiner Stelle fehlen.',
  'health.certificate-chain.CHAIN_INCOMPLETE.todo': 'Nimm die Datei mit der ganzen Kette (oft fullchain.pem).',
  'health.certificate-chain.CHAIN_ORDER.what': 'Die Zertifikate in der Datei stehen in falscher Reihenfolge.',
  'health.certificate-chain.CHAIN_ORDER.todo':
    'Zuerst dein eigenes Zertifikat, dann jeweils das, das für das vorige bürgt.',

  'health.clock': 'Uhr',
  'health.clock.what':
    'Die Uhr dieses Computers weicht {seconds, plural, one {# Sekunde} other {# Sekunden}} von denen anderer Server ab.',
  'health.clock.means':
    'Andere Server lehnen vielleicht ab, was von hier kommt, und Nachrichten stehen in falscher Reihenfolge.',
  'health.clock.todo': 'Schalte in den Einstellungen dieses Computers die automatische Uhrzeit ein.',
  'health.clock.ahead.what': 'Die Uhr dieses Computers geht {seconds, plural, one {# Sekunde} other {# Sekunden}} vor.',
  'health.clock.behind.what':
    'Die Uhr dieses Computers geht {seconds, plural, one {# Sekunde} other {# Sekunden}} nach.',

  'health.reach': 'Erreichbar für andere Server',
  'health.reach.what': 'Andere Server erreichen dich nicht: „{step}“ scheitert.',
  'health.reach.means':
    'Untereinander könnt ihr weiter schreiben. Was Leute auf anderen Servern schreiben, kommt nicht an.',
  'health.reach.todo':
    'Sieh dir diesen Schritt an: Er sagt, was erwartet war, was gefunden wurde und was zu ändern ist.',

  'health.servers-failing': 'Antworten anderer Server',
  'health.servers-failing.what': '{failing} von {known} anderen Servern antworten nicht.',
  'health.servers-failing.means':
    'So viele auf einmal heißt meist, dass der Weg nach draußen gestört ist. Nachrichten an sie warten.',
  'health.servers-failing.todo': 'Sieh nach, was die Fehler gemeinsam haben.',

  'health.queue-age': 'Wartende Nachrichten',
  'health.queue-age.what':
    'Nachrichten für {servers, plural, one {einen Server, der antwortet,} other {# Server, die antworten,}} warten seit {since}.',
  'health.queue-age.means': 'Die Leute dort haben sie noch nicht.',
  'health.queue-age.todo': 'Versuche jetzt zu senden. Hilft das nicht, sagt das Protokoll, warum.',

  'health.disk-space': 'Platz auf der Platte',
  'health.disk-space.what': 'Auf der Platte sind nur noch {free} von {total} frei.',
  'health.disk-space.means': 'Ist sie voll, kann nichts mehr gesendet oder empfangen werden.',
  'health.disk-space.todo': 'Lösche, was niemand braucht, oder nimm eine größere Platte.',
  'health.disk-space.very-low.what': 'Die Platte ist fast voll: {free} sind frei.',
  'health.disk-space.very-low.means':
    'Bilder und Dateien anderer Server werden nicht geholt, bis Platz ist. Was schon hier ist, wird weiter gezeigt.',
  'health.disk-space.no-uploads.what': 'Die Platte ist fast voll: {free} sind frei.',
  'health.disk-space.no-uploads.means':
    'Niemand kann Bilder oder Dateien senden, bis Platz ist. Nachrichten kommen und gehen weiter.',
  'health.disk-space.read-only.what': 'Die Platte ist voll: {free} sind frei.',
  'health.disk-space.read-only.means':
    'Bis Platz ist, kann nichts gesendet oder empfangen werden. Was da ist, lässt sich lesen und löschen.',

  'health.disk-growth': 'Wachstum',
  'health.disk-growth.what':
    '{weeks, plural, =0 {So ist die Platte in weniger als einer Woche voll.} one {So ist die Platte in einer Woche voll.} other {So ist die Platte in # Wochen voll.}}',
  'health.disk-growth.means': 'Der Server wächst um {perWeek} in der Woche.',
  'health.disk-growth.todo': 'Sieh nach, was den Platz nimmt und was weg kann.',

  'health.disk-budget': 'Platz für Dateien',
  'health.disk-budget.what': 'Dateien nehmen {used} von den {limit}, die sie nehmen dürfen.',
  'health.disk-budget.means':
    'Kopien von Bildern anderer Server werden entfernt, um Platz zu schaffen; was Leute hier senden, bleibt.',
  'health.disk-budget.todo': 'Räum auf, oder lass Dateien mehr Platz.',
  'health.disk-budget.full.means': 'Bis wieder Platz ist, kann niemand Dateien senden.',

  'health.data-folder': 'Ordner der Daten',
  'health.data-folder.what': 'Die Daten liegen auf der Platte eines anderen Computers.',
  'health.data-folder.means': 'Eine Datenbank kann kaputtgehen, wenn das Netz im falschen Augenblick ausfällt.',
  'health.data-folder.todo': 'Verschiebe den Ordner auf eine Platte dieses Computers.',
  'health.data-folder.synced.what': 'Die Daten liegen in einem Ordner, den ein anderes Programm anderswohin kopiert.',
  'health.data-folder.synced.means': 'Das Abgleichen von Dateien kann die Datenbank beschädigen.',
  'health.data-folder.synced.todo':
    'Halte den Server an und verschiebe den Ordner dorthin, wo er nicht abgeglichen wird.',

  'health.database': 'Die Datenbank',
  'health.database.what': 'Die Datei mit allen Nachrichten ist beschädigt.',
  'health.database.means': 'Einiges von dem Geschriebenen kann verloren sein, und der Server kann stehen bleiben.',
  'health.database.todo':
    'Halte den Server an und kopiere seinen Ordner auf eine andere Platte, bevor du etwas anderes tust. Prüfe dann die Platte und nimm deine letzte Sicherung.',

  'health.key-not-saved': 'Notfallmappe',
  'health.key-not-saved.what': 'Die Notfallmappe wurde noch nicht gesichert.',
  'health.key-not-saved.means':
    'Geht dieser Computer kaputt, kann niemand deinen Server unter demselben Namen zurückholen.',
  'health.key-not-saved.todo': 'Bewahre sie anderswo auf als auf diesem Computer.',

  'health.registration-open': 'Wer sich registrieren darf',
  'health.registration-open.what': 'Jeder im Internet kann hier ein Konto anlegen.',
  'health.registration-open.means': 'Spammer suchen solche Server, und andere sperren deinen vielleicht deshalb.',
  'health.registration-open.todo': 'Lass Leute nur mit Einladung herein (registration_requires_token).',

  'health.failed-logins': 'Gescheiterte Anmeldungen',
  'health.failed-logins.what':
    '{count} Anmeldungen scheiterten in der letzten Stunde, von {addresses, plural, one {einer Adresse} other {# Adressen}}.',
  'health.failed-logins.means': 'Vielleicht rät jemand Passwörter. Nach ein paar Versuchen muss er jedes Mal warten.',
  'health.failed-logins.todo': 'Sieh im Protokoll nach, um wessen Konto es geht, und sorge für ein langes Passwort.',

  'health.invite-flood': 'Einladungen von anderen',
  'health.invite-flood.what': '{count} Einladungen kamen in der letzten Stunde, die meisten von {server}.',
  'health.invite-flood.means': 'Das ist mehr, als jemand von Hand schreibt: Es kann Spam sein.',
  'health.invite-flood.todo': 'Frag die Leute hier, ob sie die Absender kennen. Wenn nicht, sperre diesen Server.',

  'health.push-gateways': 'Benachrichtigungen',
  'health.push-gateways.what': '{gateway} nimmt seit {since} keine Benachrichtigungen an.',
  'health.push-gateways.means':
    '{apps, plural, one {Eine App erfährt} other {# Apps erfahren}} nichts von Nachrichten, solange sie zu ist. Die Nachrichten selbst kommen an.',
  'health.push-gateways.todo': 'Meist gibt sich das. Wenn nicht, sagt das Protokoll, was der Dienst antwortet.',

  'health.memory': 'Arbeitsspeicher',
  'health.memory.what': 'Der Server nimmt {used} Arbeitsspeicher; gedacht waren {budget}.',
  'health.memory.means': 'Dieser Computer kann langsam werden.',
  'health.memory.todo': 'Starte den Server neu, wenn es allen passt. Kommt es wieder, sag uns Bescheid.',
  'health.memory.computer.what': 'Dieser Computer hat nur noch {free} Arbeitsspeicher frei.',
  'health.memory.computer.means': 'Er wird langsam, und das System beendet vielleicht Programme.',
  'health.memory.computer.todo': 'Schließe, was nicht gebraucht wird.',

  'health.stall': 'Stillstand',
  'health.stall.what': 'Der Server stand in der letzten Viertelstunde {longest} still.',
  'health.stall.means': 'So lange mussten alle warten.',
  'health.stall.todo': 'Geschieht das oft, hilft das Protokoll um diese Zeit herauszufinden, warum.',

  'health.slow-room': 'Räume, die viel kosten',
  'health.slow-room.what': 'Der Verlauf eines Raums hat {ends} lose Enden.',
  'health.slow-room.means': 'Jede Nachricht darin macht mehr Arbeit, als sie sollte.',
  'health.slow-room.todo': 'Das gibt sich, wenn jemand von hier in den Raum schreibt.',
};

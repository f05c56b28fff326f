import type { enSetup } from './en-setup.js';

/** German: the wizard, and what is wrong with what was typed there. */
export const deSetup: Record<keyof typeof enSetup, string> = {
  'setup.steps': 'Schritte',
  'setup.step-welcome': 'Willkommen',
  'setup.step-look': 'Sprache und Aussehen',
  'setup.step-folder': 'Ordner',
  'setup.step-reach': 'Wer ihn erreicht',
  'setup.step-name': 'Name',
  'setup.step-address': 'Wohin er führt',
  'setup.step-way': 'Der Weg hierher',
  'setup.step-certificate': 'Zertifikat',
  'setup.step-safety': 'Sicherheit',
  'setup.step-account': 'Dein Konto',
  'setup.step-ready': 'Start',
  'setup.step-kit': 'Rettungspaket',
  'setup.step-running': 'Am Laufen halten',
  'setup.step-check': 'Alles prüfen',
  'setup.step-done': 'Einladen',
  'setup.step-finished': '(fertig)',
  'setup.why': 'Warum wir fragen',
  'setup.later': 'Speichern und später weiter',
  'setup.later-title': 'Deine Antworten sind gespeichert',
  'setup.later-text':
    'Es wurde nichts angelegt, und noch hört nichts zu. Öffne die Konsole wann du willst, dann geht es hier weiter.',
  'setup.go-on': 'Weitermachen',
  'setup.unfinished': 'Die Einrichtung ist nicht fertig.',
  'setup.unfinished-text': 'Dein Server läuft. Ein paar Seiten fehlen noch, darunter das Rettungspaket.',

  'setup.welcome-title': 'Willkommen bei Hearth',
  'setup.welcome-lead':
    'Ein eigener Chat-Server. Beantworte ein paar Fragen, und wen du einlädst, der kann mit anderen schreiben, verschlüsselt, mit deinem Computer als Postamt.',
  'setup.welcome-question': 'Was möchtest du tun?',
  'setup.welcome-choose': 'Wähle zuerst eines davon.',
  'setup.purpose-new': 'Einen neuen Server einrichten',
  'setup.purpose-new-text': 'Für Familie und Freunde, zu Hause oder überall. Etwa zehn Minuten.',
  'setup.mode-try': 'Nur ausprobieren',
  'setup.mode-try-text':
    'Nur dieser Computer erreicht ihn. Nichts davon lässt sich behalten, wenn du den richtigen einrichtest.',
  'setup.purpose-restore': 'Einen Server umziehen oder wiederherstellen',
  'setup.purpose-restore-text': 'Aus einer Sicherung oder von einem Computer, den es nicht mehr gibt.',
  'setup.purpose-import': 'Einen Synapse-Server herüberholen',
  'setup.purpose-import-text': 'Mit seinen Menschen, Räumen und Nachrichten.',
  'setup.not-yet': 'Das kann der Assistent noch nicht.',
  'setup.not-yet-restore':
    'Wiederherstellen mit ein paar Klicks kommt in einer späteren Version. Bis dahin geht es von Hand.',
  'setup.not-yet-import':
    'Menschen und Nachrichten zu übernehmen kommt in einer späteren Version. Schalte dein Synapse dafür noch nicht ab.',
  'setup.today': 'Was heute geht',
  'setup.today-restore-1':
    'Du hast den alten Datenordner: Kopiere ihn und homeserver.yaml bei angehaltenem Server auf diesen Computer und starte mit dieser Datei.',
  'setup.today-restore-2':
    'Du hast nur das Rettungspaket: Richte einen neuen Server mit demselben Namen ein, halte ihn an und gib ihm den alten Schlüssel zurück.',
  'setup.today-import-1':
    'Hearth liest homeserver.yaml und Signaturschlüssel von Synapse, wie sie sind: Ein neuer Server kann den Namen übernehmen, und andere glauben ihm.',
  'setup.today-import-2': 'Menschen, Räume und Nachrichten kommen nicht mit: Alle fingen neu an.',

  'setup.look-title': 'Sprache und Aussehen',
  'setup.look-lead': 'Alles ändert sich sofort. Du findest es in den Einstellungen wieder.',
  'setup.look-why': 'Damit du den Rest bequem lesen kannst. Nur dieser Browser merkt es sich.',

  'setup.reach-lead': 'Das lässt sich später ändern. Der Name bleibt, was immer du wählst.',
  'setup.reach-why':
    'Davon hängt ab, was noch einzurichten ist: zu Hause nichts, sonst eine Domain, ein Router, ein Webserver oder ein Tunnel.',
  'setup.reach-choose': 'Wähle zuerst eines der vier.',

  'way.direct-title': 'Öffne einen Port an deinem Router',
  'way.direct-lead': 'Damit Anfragen aus dem Internet diesen Computer finden.',
  'way.direct-why':
    'Ein Router lässt von selbst nichts herein. Diese eine Regel lässt herein, was für den Server ist, und sonst nichts.',
  'way.proxy-title': 'Sag es deinem Webserver',
  'way.proxy-lead': 'Er nimmt Anfragen auf Port 443 entgegen und reicht die für Hearth weiter.',
  'way.proxy-why':
    'Unterschriften gelten für Adressen, wie sie gesendet wurden, deshalb darf der Webserver sie nicht aufräumen. Dafür sorgen diese Zeilen.',
  'way.tunnel-title': 'Richte den Tunnel ein',
  'way.tunnel-lead': 'Einer von diesen bringt Anfragen zu diesem Computer. Jetzt oder später.',
  'way.tunnel-why': 'Ein Tunnel wird von innen geöffnet, deshalb müssen Router und Anbieter nicht zustimmen.',

  'safety.title': 'Sicherheit',
  'safety.lead': 'Vernünftiges ist schon ausgewählt. Alles lässt sich später ändern.',
  'safety.why': 'Was ein Server für Menschen tut, lässt sich auch gegen sie oder gegen deine Platte wenden.',
  'safety.invitations': 'Nur wen du einlädst, kann ein Konto anlegen.',
  'safety.invitations-text':
    'Einladungen machen Administratoren, hier in der Konsole. Ohne eine kann sich niemand registrieren.',
  'safety.previews': 'Vorschau von Links zeigen',
  'safety.previews-hint':
    'Der Server öffnet Seiten, auf die jemand verlinkt. Diese Seiten sehen dann, dass hier jemand über sie spricht.',
  'safety.presence': 'Zeigen, wer online ist',
  'safety.presence-hint':
    'Menschen in denselben Räumen sehen es, auch auf anderen Servern. In großen Räumen macht es etwas Arbeit.',
  'safety.budget': 'Uploads einer Person',
  'safety.budget-hint': 'Eine Grenze bewahrt die Platte davor, dass ein einziges Telefon sie füllt.',
  'safety.budget-day': '{size} am Tag',
  'safety.budget-any': 'Keine Grenze',

  'setup.ready-type': 'Tippe {name} zur Bestätigung',
  'setup.ready-for-ever': 'Das ist der letzte Moment: Der Name lässt sich nie mehr ändern.',
  'setup.ready-differs': 'Das ist nicht der Name.',

  'running.title': 'Am Laufen halten',
  'running.desktop': 'Die App läuft weiter, wenn du ihr Fenster schließt. Diese beiden solltest du jetzt entscheiden:',
  'running.lead': 'Der Server ist nur zu erreichen, solange dieser Computer an und wach ist.',
  'running.why': 'Nachrichten anderer Server warten, während deiner weg ist, aber nicht ewig.',
  'running.service':
    'Ohne Bildschirm lässt du am besten das System den Server mit dem Computer starten, bevor sich jemand anmeldet:',
  'running.service-text':
    'Das schreibt einen Dienst deines eigenen Kontos (systemd) und schaltet ihn ein. Mit --remove nimmst du ihn wieder weg.',
  'running.sleep': 'Schalte den automatischen Ruhezustand in den Energieeinstellungen des Systems aus.',
  'running.lid': 'Ein zugeklappter Deckel schickt die meisten Laptops schlafen, was immer ein Programm will.',
  'running.cable': 'Ein Netzwerkkabel ist beständiger als WLAN.',

  'final.title': 'Alles prüfen',
  'final.lead':
    'Hearth geht den Weg, auf dem andere Server und Apps zu deinem kommen. Das dauert eine halbe Minute; du kannst jederzeit weitergehen.',
  'final.lead-home': 'Ob zu Hause alles an seinem Platz ist.',
  'final.anyway': 'Trotzdem abschließen',
  'final.later':
    'Du kannst trotzdem abschließen. Was andere draußen hält, bleibt auf der Startseite unter „Zu reparieren“, alles Übrige unter „Andere Server“.',
  'final.to-mend': 'Zu richten',
  'final.lines': 'Was angesehen wurde',
  'final.well': 'Alles ist gut.',
  'final.not-all': 'Noch ist nicht alles an seinem Platz.',
  'final.listening-closed': 'An Port {where} dieses Computers antwortet niemand, also kann sich niemand verbinden.',
  'final.certificate-wrong': 'So lehnen Apps und Server das Zertifikat ab.',
  'final.why': 'Lieber jetzt, als wenn jemand auf eine Nachricht wartet.',
  'final.again': 'Noch einmal prüfen',
  'final.listening': 'Der Server hört zu',
  'final.listening-fix': 'Starte den Server neu. Bleibt es zu, sagen die Protokolle, warum.',
  'final.certificate': 'Das Zertifikat',
  'final.certificate-own': 'Niemand bürgt dafür als es selbst. Andere Server lehnen es ab.',
  'final.certificate-home': 'Von Hearth selbst gemacht: gut für zu Hause.',
  'final.certificate-fix': 'Setze unter Verbindung, „Zertifikat“, ein anderes ein.',
  'final.kit': 'Das Rettungspaket ist aufbewahrt',
  'final.kit-fix': 'Mach es unter Verbindung, „Rettungspaket“.',

  'setup.name-title': 'Ein Name für deinen Server',
  'setup.name-lead': 'Er ist Teil jeder Adresse, wie die zweite Hälfte einer E-Mail-Adresse.',
  'setup.name-label': 'Servername',
  'setup.name-hint':
    'Am besten eine Domain, die dir gehört, etwa familie-schmidt.org. Sonst ändert sich an der Domain nichts.',
  'setup.name-preview': 'So sehen die Adressen aus',
  'setup.name-why':
    'Der Name steht in jeder Nachricht, deshalb kann er nie geändert werden. Wohin der Name führt, zu welchem Computer und in welches Netz, lässt sich jederzeit ändern.',
  'setup.name-private': 'Ich verstehe, dass dieser Server nie mit anderen Servern sprechen kann',
  'setup.name-private-missed': 'Setze den Haken, um mit diesem Namen weiterzumachen, oder wähle einen anderen Namen.',

  'setup.folder-title': 'Wo alles aufbewahrt wird',
  'setup.folder-lead': 'Nachrichten, Bilder und die Schlüssel des Servers liegen in einem Ordner auf diesem Computer.',
  'setup.folder-label': 'Ordner',
  'setup.folder-free': '{free} frei von {total}',
  'setup.folder-why':
    'Textnachrichten einer Familie brauchen wenig Platz, Bilder und Videos mehr. Am besten ist eine Platte im Computer selbst: Wird sie abgezogen, ist der Server weg.',

  'setup.account-title': 'Dein Konto',
  'setup.account-lead': 'Du bist der erste Mensch hier und kümmerst dich um den Server.',
  'setup.account-name': 'Dein Name',
  'setup.account-name-hint': 'Kleinbuchstaben, Ziffern und . _ - = / +',
  'setup.account-name-error': 'Ein Name hat nur Kleinbuchstaben a bis z, Ziffern und . _ - = / +',
  'setup.account-password': 'Passwort',
  'setup.account-password-hint':
    'Mindestens {least} Zeichen. Ein paar zufällige Wörter sind leicht zu merken und schwer zu erraten.',
  'setup.account-show': 'Passwort zeigen',
  'setup.account-hide': 'Passwort verbergen',
  'setup.account-suggest': 'Ein Passwort vorschlagen',
  'setup.account-why':
    'Dein Konto entsteht, bevor der Server irgendjemandem zuhört, deshalb kann niemand vor dir da sein. Du meldest dich damit in deiner Chat-App an.',
  'strength.weak': 'Leicht zu erraten',
  'strength.fair': 'Ordentlich',
  'strength.strong': 'Stark',

  'setup.check-title': 'Bereit zum Start',
  'setup.check-lead': 'Sieh deine Antworten noch einmal an. Alles außer dem Namen lässt sich später ändern.',
  'setup.check-start': 'Server starten',
  'setup.check-reach': 'Wer ihn erreicht',
  'setup.check-name': 'Servername',
  'setup.check-folder': 'Ordner',
  'setup.check-admin': 'Administrator',
  'setup.work-configuration': 'Einstellungen werden geschrieben',
  'setup.work-database': 'Datenbank und Schlüssel entstehen',
  'setup.work-administrator': 'Dein Konto entsteht',
  'setup.work-listeners': 'Die Türen gehen auf',

  'setup.done-title': 'Dein Server läuft',
  'setup.done-lead': 'Melde dich mit einer Matrix-App an und bitte dann jemanden herein.',
  'setup.done-user': 'Deine Adresse',
  'setup.done-home': 'Zur Übersicht',
  'setup.done-invite': 'Eine Einladung machen',
  'setup.done-invitations': 'Andere Einladungen',
  'setup.invite-title': 'Lade deine Familie ein',
  'setup.invite-text':
    'Ein Link für bis zu fünf Personen, eine Woche lang. Scannt ihn vom Bildschirm, oder verschicke ihn.',

  'join.page': 'Einladung',
  'join.title': 'Du bist eingeladen',
  'join.lead': 'Lege ein Konto an und unterhalte dich auf',
  'join.name': 'Benutzername',
  'join.create': 'Mein Konto anlegen',
  'join.invalid-title': 'Diese Einladung gilt nicht mehr',
  'join.invalid-text':
    'Sie wurde benutzt, ist abgelaufen oder wurde zurückgenommen. Bitte die Person, die sie dir geschickt hat, um eine neue.',
  'join.done-title': 'Dein Konto ist fertig',
  'join.done-lead': 'Drei Schritte bis zur ersten Nachricht:',
  'join.done-app': 'Hole dir eine Matrix-App, etwa Element\u00a0X auf dem Telefon oder Element auf dem Computer.',
  'join.done-server':
    'Fragt sie nach einem Server, wähle einen anderen, gib die Adresse unten ein und melde dich dann an.',
  'join.done-key':
    'Bietet sie einen Wiederherstellungsschlüssel an, bewahre ihn auf: Damit liest du deine Nachrichten auf einem neuen Gerät.',

  'name.NAME_EMPTY': 'Gib einen Namen ein.',
  'name.NAME_GRAMMAR': 'Ein Name hat Buchstaben a bis z, Ziffern, Bindestriche und Punkte, etwa familie-schmidt.org.',
  'name.NAME_IS_ADDRESS': 'Das ist eine Adresse aus Zahlen. Ein Server braucht einen Namen, denn Zahlen ändern sich.',
  'name.NAME_HAS_PORT': 'Lass den Port weg. Wo der Server zuhört, wird an anderer Stelle eingestellt.',
  'name.NAME_TOO_LONG': 'Dieser Name ist zu lang.',
  'name.NAME_PUBLIC_SUFFIX': 'Der kann niemandem gehören. Setze einen eigenen Namen und einen Punkt davor.',
  'name.NAME_RESERVED': 'Dieser Name ist reserviert und führt nirgendwohin. Wähle einen anderen.',
  'name.NAME_OF_ANOTHER': 'So heißt schon ein anderer Matrix-Server. Wähle einen, der dir gehört.',
  'name.NAME_PRIVATE':
    'Das ist ein privater Name: Er gilt zu Hause, aber andere Server können ihn nie finden, und der Name lässt sich später nicht ändern. Willst du eines Tages mit Menschen anderswo schreiben, nimm eine Domain, die dir gehört.',
  'name.NAME_PRIVATE_OUTSIDE':
    'Das ist ein privater Name, andere Server finden ihn nie. Wähle einen Namen im Internet oder „Nur zu Hause“.',
  'name.NAME_STARTS_WITH_MATRIX':
    'Das geht. Kürzer ist aber schöner: {rest} kann zu jedem Computer führen, jetzt oder später.',

  'folder.FOLDER_EMPTY': 'Gib einen Ordner ein oder wähle einen.',
  'folder.FOLDER_NOT_ABSOLUTE': 'Gib den ganzen Pfad an, von ganz oben.',
  'folder.FOLDER_IS_FILE': 'So heißt schon eine Datei, deshalb kann es kein Ordner sein.',
  'folder.FOLDER_NOT_WRITABLE': 'Dort darf Hearth nicht schreiben. Wähle einen eigenen Ordner.',
  'folder.FOLDER_HAS_SERVER':
    'In diesem Ordner wohnt schon ein Server. Wähle einen anderen, damit nichts überschrieben wird.',
  'folder.FOLDER_IS_SYNCED':
    'Diesen Ordner kopiert ein Abgleichprogramm anderswohin. Das kann die Datenbank beschädigen.',
  'folder.FOLDER_IS_NETWORK':
    'Dieser Ordner liegt auf einem anderen Computer. Die Datenbank braucht eine Platte in diesem.',
  'folder.FOLDER_LITTLE_SPACE': 'Dort sind nur {free} frei. Das ist zu wenig.',
  'folder.FOLDER_SOME_SPACE': 'Dort sind {free} frei. Für den Anfang reicht das, aber Bilder könnten es füllen.',
  'folder.FOLDER_HAS_FILES':
    'In diesem Ordner liegen andere Dateien. Ihnen geschieht nichts, aber ein leerer Ordner ist ordentlicher.',

  'error.FAILED': 'Im Server ist etwas schiefgegangen. Sein Protokoll sagt mehr.',
  'error.BAD_INPUT': 'Das hat der Server nicht verstanden. Lade die Konsole neu und versuche es noch einmal.',
  'error.NO_SUCH_PROCEDURE': 'Diese Konsole ist neuer oder älter als der Server. Lade die Konsole neu.',
  'error.NOT_SET_UP': 'Dieser Server ist noch nicht eingerichtet.',
  'error.ALREADY_SET_UP': 'Dieser Server ist schon eingerichtet.',
  'error.NOT_RUNNING': 'Der Server läuft nicht. Starte ihn zuerst.',
  'error.UNAUTHENTICATED': 'Öffne die Konsole zuerst über ihren Link.',
  'error.FORBIDDEN': 'Diese Konsole darf den Server nicht fragen.',
  'error.UNREACHABLE': 'Das Programm des Servers antwortet nicht.',
  'error.TOO_MANY_CALLS': 'Zu viel auf einmal. Warte einen Augenblick.',
  'error.NAME_REFUSED': 'Der Servername geht nicht. Geh zurück und wähle einen anderen.',
  'error.FOLDER_REFUSED': 'Der Ordner geht nicht. Geh zurück und wähle einen anderen.',
  'error.CERTIFICATE_REFUSED': 'Das Zertifikat lässt sich nicht verwenden. Es wurde nichts geändert.',
  'error.HOST_REFUSED': 'Dieser Name oder diese Adresse lässt sich nicht verwenden.',
  'error.CONFIG_INVALID': 'In der Konfiguration ist ein Fehler. Die Details nennen die Zeile.',
  'error.KIT_NOT_CONFIRMED': 'Das sind nicht die letzten vier Zeichen der Passphrase.',
  'error.WEAK_PASSWORD': 'Ein Passwort hat mindestens {least} Zeichen.',
  'error.LAST_ADMIN':
    'Das ist der einzige Administrator. Mache zuerst jemand anderen dazu: Ohne einen kann sich niemand um den Server kümmern.',
  'error.M_USER_IN_USE': 'So heißt schon jemand.',
  'error.M_INVALID_USERNAME': 'Ein Name hat nur Kleinbuchstaben a bis z, Ziffern und . _ - = / +',
  'error.M_WEAK_PASSWORD': 'Das Passwort ist für die Regeln dieses Servers zu leicht zu erraten.',
  'error.M_EXCLUSIVE': 'Dieser Name ist für etwas anderes vorgesehen. Wähle einen anderen.',
  'error.M_LIMIT_EXCEEDED': 'Zu viele Versuche. Warte eine Minute.',
  'error.M_FORBIDDEN': 'Das erlaubt der Server nicht.',
  'error.M_UNAUTHORIZED': 'Diese Einladung gilt nicht mehr. Bitte um eine neue.',
  'error.M_NOT_FOUND': 'Das gibt es nicht mehr.',

  'problem.means': 'Bis er wieder läuft, kann niemand senden oder empfangen.',
  'problem.PORT_IN_USE': 'Der Server konnte nicht starten: Ein anderes Programm benutzt Port {port}.',
  'problem.PORT_IN_USE.todo':
    'Halte das Programm an oder wähle in den Einstellungen einen anderen Port, dann starte noch einmal.',
  'problem.PORT_FORBIDDEN': 'Der Server konnte nicht starten: Dieses Konto darf Port {port} nicht öffnen.',
  'problem.PORT_FORBIDDEN.todo': 'Wähle in den Einstellungen einen Port über 1023, dann starte noch einmal.',
  'problem.CONFIG_INVALID': 'Der Server konnte nicht starten: In seinen Einstellungen ist ein Fehler.',
  'problem.CONFIG_INVALID.todo':
    'Die Einzelheiten nennen die Zeile und was dort erlaubt ist. Berichtige die Datei, dann starte noch einmal.',
  'problem.DATABASE_NEWER':
    'Der Server konnte nicht starten: Seine Daten hat eine neuere Version von Hearth geschrieben.',
  'problem.DATABASE_NEWER.todo': 'Installiere die neuere Version. Deine Daten wurden nicht verändert.',
  'problem.DATABASE_IN_USE': 'Der Server konnte nicht starten: Ein anderes Hearth benutzt dieselben Daten.',
  'problem.DATABASE_IN_USE.todo': 'Halte zuerst das andere an. Deine Daten wurden nicht verändert.',
  'problem.DATABASE_BROKEN': 'Der Server ist stehen geblieben: Seine Datenbank lässt sich nicht lesen.',
  'problem.DATABASE_BROKEN.todo': 'Prüfe die Platte. Hast du eine Sicherung, bewahre sie gut auf.',
  'problem.WRONG_SERVER_NAME': 'Der Server konnte nicht starten: Die Daten gehören einem Server anderen Namens.',
  'problem.WRONG_SERVER_NAME.todo':
    'Schreibe den alten Namen zurück in die Einstellungen. Deine Daten wurden nicht verändert.',
  'problem.DISK_FULL': 'Der Server ist stehen geblieben: Die Platte ist voll.',
  'problem.DISK_FULL.todo': 'Schaffe Platz, dann starte noch einmal. Nichts, was gesendet wurde, ist verloren.',
  'problem.NO_PERMISSION': 'Der Server konnte nicht starten: Er darf eine seiner Dateien nicht lesen oder schreiben.',
  'problem.NO_PERMISSION.todo':
    'Die Einzelheiten nennen die Datei. Gib diesem Konto das Recht dazu, dann starte noch einmal.',
  'problem.UNKNOWN': 'Der Server ist unerwartet stehen geblieben.',
};

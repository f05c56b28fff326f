import type { enDiagnosis } from './en-diagnosis.js';

/** Was Prüfungen des Wegs zu einem Server ansehen, was falsch ist und was zu tun ist. */
export const deDiagnosis: Record<keyof typeof enDiagnosis, string> = {
  'diagnosis.title': 'Der Weg dorthin',
  'diagnosis.text': 'Prüft jeden Schritt zwischen diesem Computer und dem Server. Nichts wird verändert.',
  'diagnosis.start': 'Weg prüfen',
  'diagnosis.again': 'Noch einmal prüfen',
  'diagnosis.running': 'Prüft: {done} von {all} Schritten fertig.',
  'diagnosis.outcome-ok': 'Auf dem Weg dorthin ist alles in Ordnung.',
  'diagnosis.outcome-warning':
    'Er ist, soweit sich das sagen lässt, erreichbar; unten ist etwas zu beheben oder unbekannt.',
  'diagnosis.outcome-error': 'Er ist nicht erreichbar: siehe „{step}“.',
  'diagnosis.own': 'Andere kommen auf einem anderen Weg als dieser Computer: Jemand außerhalb weiß mehr.',
  'diagnosis.step-name': 'Servername',
  'diagnosis.expected-name': 'Ein Rechnername oder eine Adresse, wenn nötig mit Port.',
  'diagnosis.step-well-known': 'Die Datei .well-known',
  'diagnosis.expected-well-known': 'Die Website des Namens sagt, wo der Server ist, oder hat keine solche Datei.',
  'diagnosis.step-srv': 'Diensteinträge (SRV)',
  'diagnosis.expected-srv': 'Das DNS sagt, wo der Dienst ist, oder hat keinen solchen Eintrag.',
  'diagnosis.step-addresses': 'Adressen',
  'diagnosis.expected-addresses': 'Das DNS hat eine Adresse für den Server.',
  'diagnosis.step-connection': 'Verbindung',
  'diagnosis.expected-connection': 'An jeder Adresse nimmt jemand die Verbindung an.',
  'diagnosis.step-certificate': 'Zertifikat',
  'diagnosis.expected-certificate':
    'Ein gültiges Zertifikat für genau diesen Namen von einer Stelle, der vertraut wird.',
  'diagnosis.step-version': 'Matrix antwortet',
  'diagnosis.expected-version': 'Ein Matrix-Server antwortet und sagt, was er ist.',
  'diagnosis.step-keys': 'Signaturschlüssel',
  'diagnosis.expected-keys': 'Der Server zeigt seine Schlüssel, mit einem davon und im eigenen Namen unterschrieben.',
  'diagnosis.step-clock': 'Uhr',
  'diagnosis.expected-clock': 'Beide Uhren sagen dasselbe, auf fünf Sekunden genau.',
  'diagnosis.cause-EARLIER_STEP': 'Das wartet auf einen früheren Schritt.',
  'diagnosis.fix-EARLIER_STEP': 'Behebe zuerst den Schritt darüber.',
  'diagnosis.cause-OUT_OF_TIME': 'Dafür blieb keine Zeit.',
  'diagnosis.fix-OUT_OF_TIME': 'Prüfe später noch einmal.',
  'diagnosis.cause-NAME_GRAMMAR': 'Das ist kein Servername.',
  'diagnosis.fix-NAME_GRAMMAR':
    'Schreibe ihn wie example.org oder example.org:8448, ohne https:// und ohne Schrägstrich.',
  'diagnosis.cause-NAME_NOT_ALLOWED': 'Die Konfiguration dieses Servers erlaubt nicht, mit diesem Namen zu reden.',
  'diagnosis.fix-NAME_NOT_ALLOWED': 'Trage den Namen in federation_domain_whitelist ein oder entferne die Liste.',
  'diagnosis.cause-NOT_NEEDED': 'Nicht nötig: Der Name sagt schon selbst, wo der Server ist.',
  'diagnosis.cause-WELL_KNOWN_NONE':
    'Diese Datei gibt es nicht. Das ist in Ordnung, wenn der Server unter seinem eigenen Namen zu finden ist.',
  'diagnosis.cause-WELL_KNOWN_NO_SITE':
    'Unter diesem Namen gibt es keine Website. Das ist in Ordnung, wenn der Server unter seinem eigenen Namen zu finden ist.',
  'diagnosis.cause-WELL_KNOWN_TLS':
    'Die Website hat kein Zertifikat, dem vertraut wird, deshalb zählt ihre Datei nicht.',
  'diagnosis.fix-WELL_KNOWN_TLS': 'Wer die Website betreibt, muss ihr Zertifikat erneuern.',
  'diagnosis.cause-WELL_KNOWN_TIMEOUT': 'Die Website hat nicht rechtzeitig geantwortet.',
  'diagnosis.fix-WELL_KNOWN_TIMEOUT':
    'Wer die Website betreibt, muss nachsehen, warum sie langsam ist, oder Verbindungen sofort ablehnen lassen.',
  'diagnosis.cause-WELL_KNOWN_FAILED':
    'Die Antwort der Website ist nicht zu gebrauchen: Sie leitet im Kreis, ist zu lang oder brach ab.',
  'diagnosis.fix-WELL_KNOWN_FAILED': 'Lass die Website {url} selbst beantworten, mit einem kurzen JSON-Text.',
  'diagnosis.cause-WELL_KNOWN_STATUS': 'Die Website antwortete {status} statt der Datei.',
  'diagnosis.fix-WELL_KNOWN_STATUS':
    'Lass die Website {url} allen geben, auch automatischen Lesern, oder 404, wenn es die Datei nicht gibt.',
  'diagnosis.cause-WELL_KNOWN_INVALID': 'Die Datei sagt nichts Brauchbares und wird übergangen.',
  'diagnosis.fix-WELL_KNOWN_INVALID':
    'Sie muss JSON sein und „m.server“ enthalten: einen Namen und einen Port, ohne https://.',
  'diagnosis.cause-SRV_NONE':
    'Für {host} gibt es keinen solchen Eintrag. Das ist in Ordnung: Der übliche Port 8448 wird versucht.',
  'diagnosis.cause-SRV_OLD': 'Nur der alte Eintrag {name} ist da. Noch wirkt er.',
  'diagnosis.fix-SRV_OLD': 'Lege denselben Eintrag unter _matrix-fed._tcp an.',
  'diagnosis.cause-SRV_FAILED': 'Das DNS ließ sich nicht zu {host} fragen.',
  'diagnosis.fix-SRV_FAILED':
    'Scheitern auch andere Namen, prüfe das Netz dieses Computers; sonst muss der Besitzer des Namens sein DNS richten.',
  'diagnosis.cause-ADDRESSES_NONE': '{host} hat keine Adresse im DNS.',
  'diagnosis.fix-ADDRESSES_NONE':
    'Prüfe die Schreibweise des Namens. Stimmt sie, muss sein Besitzer einen A- oder AAAA-Eintrag anlegen.',
  'diagnosis.cause-ADDRESSES_FAILED': 'Das DNS ließ sich nicht zu {host} fragen.',
  'diagnosis.fix-ADDRESSES_FAILED':
    'Scheitern auch andere Namen, prüfe das Netz dieses Computers; sonst muss der Besitzer des Namens sein DNS richten.',
  'diagnosis.cause-ADDRESSES_DENIED':
    '{host} führt zu einer Adresse in einem privaten Netz, wohin dieser Server nicht gehen darf.',
  'diagnosis.fix-ADDRESSES_DENIED':
    'Gehört er dir, trage die Adresse in ip_range_whitelist ein. Sonst muss sein Besitzer den DNS-Eintrag richten.',
  'diagnosis.cause-ADDRESSES_LOCAL':
    'Von diesem Computer aus führt {host} zu einer Adresse im Heimnetz; über den Weg von außen lässt sich nichts sagen.',
  'diagnosis.fix-ADDRESSES_LOCAL':
    'Bitte jemanden außerhalb, deinen Namen zu prüfen, oder nimm ein Telefon, das nicht in deinem WLAN ist.',
  'diagnosis.cause-CONNECT_REFUSED': '{where} lehnt die Verbindung ab: Dort lauscht nichts.',
  'diagnosis.fix-CONNECT_REFUSED': 'Der Server muss laufen, und Router und Firewall müssen ihm den Port durchreichen.',
  'diagnosis.cause-CONNECT_TIMEOUT':
    '{where} antwortet nicht: Es ist aus, oder eine Firewall verschluckt die Verbindung.',
  'diagnosis.fix-CONNECT_TIMEOUT': 'Prüfe, ob es eingeschaltet ist und Router und Firewall den Port durchlassen.',
  'diagnosis.cause-CONNECT_FAILED': 'Mit {where} lässt sich keine Verbindung aufbauen.',
  'diagnosis.fix-CONNECT_FAILED':
    'Prüfe zuerst das Netz dieses Computers. In den Belegen steht, wie das System es nennt.',
  'diagnosis.cause-CONNECT_SOME':
    '{where} nimmt keine Verbindungen an, andere Adressen schon. Nachrichten kommen womöglich langsam.',
  'diagnosis.fix-CONNECT_SOME': 'Richte diese Adresse, oder nimm sie aus dem DNS.',
  'diagnosis.cause-TLS_NAME': 'Das Zertifikat ist für {names}, nicht für {name}.',
  'diagnosis.fix-TLS_NAME':
    'Besorge ein Zertifikat für {name}, oder lass .well-known einen Server nennen, der eines hat.',
  'diagnosis.cause-TLS_EXPIRED': 'Das Zertifikat ist am {until} abgelaufen.',
  'diagnosis.fix-TLS_EXPIRED': 'Erneuere das Zertifikat.',
  'diagnosis.cause-TLS_EARLY': 'Das Zertifikat gilt erst ab {from}.',
  'diagnosis.fix-TLS_EARLY': 'Prüfe die Uhr dieses Computers und die des Rechners, der das Zertifikat gemacht hat.',
  'diagnosis.cause-TLS_SELF_SIGNED': 'Der Server bürgt selbst für sein Zertifikat, und dem vertrauen andere nicht.',
  'diagnosis.fix-TLS_SELF_SIGNED': 'Besorge ein Zertifikat von einer öffentlichen Stelle.',
  'diagnosis.cause-TLS_CHAIN':
    'Niemand, dem dieser Computer vertraut, bürgt für das Zertifikat; oft fehlt das Zwischenzertifikat.',
  'diagnosis.fix-TLS_CHAIN': 'Lass den Server die ganze Kette senden (oft eine Datei namens fullchain.pem).',
  'diagnosis.cause-TLS_HANDSHAKE': 'Wer dort antwortet, spricht TLS nicht, wie es sein soll.',
  'diagnosis.fix-TLS_HANDSHAKE':
    'Prüfe, ob der Port zum Matrix-Server oder seinem Proxy führt und TLS 1.2 oder neuer anbietet.',
  'diagnosis.cause-TLS_UNVERIFIED':
    'Dem Zertifikat wird nicht vertraut, und die Konfiguration dieses Servers sagt, nicht hinzusehen.',
  'diagnosis.fix-TLS_UNVERIFIED': 'Andere sehen hin. Besorge ein Zertifikat von einer öffentlichen Stelle.',
  'diagnosis.cause-TLS_ENDS_SOON': 'Das Zertifikat gilt nur noch bis {until}. Tage, die bleiben: {days}.',
  'diagnosis.fix-TLS_ENDS_SOON': 'Erneuere es vor dem {until}.',
  'diagnosis.cause-VERSION_STATUS': 'Wer dort antwortet, sagt {status}, wo ein Matrix-Server sagt, was er ist.',
  'diagnosis.fix-VERSION_STATUS':
    'Der Proxy davor muss alles unter /_matrix durchreichen, oder der Server dahinter läuft nicht.',
  'diagnosis.cause-VERSION_INVALID': 'Wer dort antwortet, ist kein Matrix-Server.',
  'diagnosis.fix-VERSION_INVALID': 'Der Proxy davor muss alles unter /_matrix durchreichen.',
  'diagnosis.cause-VERSION_FAILED': 'Es gab eine Verbindung, aber keine Antwort.',
  'diagnosis.fix-VERSION_FAILED': 'Vielleicht ist der Server überlastet oder startet neu. Prüfe später noch einmal.',
  'diagnosis.cause-KEYS_STATUS': 'Der Server antwortete {status} auf die Frage nach seinen Schlüsseln.',
  'diagnosis.fix-KEYS_STATUS': 'Der Proxy davor muss auch /_matrix/key durchreichen.',
  'diagnosis.cause-KEYS_INVALID':
    'Was er als seine Schlüssel gab, ist mit keinem davon unterschrieben oder etwas anderes.',
  'diagnosis.fix-KEYS_INVALID':
    'Sein Besitzer muss den Signaturschlüssel prüfen, und ob unterwegs etwas Antworten verändert.',
  'diagnosis.cause-KEYS_OTHER_NAME': 'Er antwortet als {name}: Hinter dieser Adresse ist ein anderer Matrix-Server.',
  'diagnosis.fix-KEYS_OTHER_NAME': 'Lass DNS, .well-known oder den Proxy zum richtigen Server führen.',
  'diagnosis.cause-KEYS_NOT_OURS':
    'Unter diesem Namen antwortet ein anderer Server, mit anderen Schlüsseln als unseren.',
  'diagnosis.fix-KEYS_NOT_OURS':
    'Halte den anderen Server an, oder lass DNS, .well-known oder den Proxy hierher führen. Zwei Server dürfen nie denselben Namen haben.',
  'diagnosis.cause-KEYS_EXPIRED': 'Seine Schlüssel gelten nur bis {until}, und das ist vorbei.',
  'diagnosis.fix-KEYS_EXPIRED': 'Prüfe die Uhren beider Computer; sonst muss sein Besitzer den Server neu starten.',
  'diagnosis.cause-KEYS_FAILED': 'Auf die Frage nach seinen Schlüsseln kam keine Antwort.',
  'diagnosis.fix-KEYS_FAILED': 'Vielleicht ist der Server überlastet oder startet neu. Prüfe später noch einmal.',
  'diagnosis.cause-CLOCK_UNKNOWN': 'Die Antwort sagt nicht, wie spät es dort ist.',
  'diagnosis.cause-CLOCK_AHEAD': 'Seine Uhr geht gegenüber diesem Computer {seconds} Sekunden vor.',
  'diagnosis.fix-CLOCK_AHEAD': 'Lass beide Computer ihre Uhr aus dem Internet stellen.',
  'diagnosis.cause-CLOCK_BEHIND': 'Seine Uhr geht gegenüber diesem Computer {seconds} Sekunden nach.',
  'diagnosis.fix-CLOCK_BEHIND': 'Lass beide Computer ihre Uhr aus dem Internet stellen.',
};

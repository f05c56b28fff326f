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
  'diagnosis.step-online': 'Computer online',
  'diagnosis.expected-online': 'Dieser Computer hat eine Adresse in einem Netz und kann Namen nachschlagen.',
  'diagnosis.step-public-address': 'Öffentliche Adresse',
  'diagnosis.expected-public-address': 'Dieser Computer oder sein Router hat eine Adresse, die alle erreichen.',
  'diagnosis.step-port': 'Port',
  'diagnosis.expected-port': 'Der Server nimmt Verbindungen anderer Server an.',
  'diagnosis.step-dns': 'Name im DNS',
  'diagnosis.expected-dns': 'Der Servername hat eine Adresse oder sagt durch einen Diensteintrag, wo der Server ist.',
  'diagnosis.step-domain': 'Domain',
  'diagnosis.expected-domain': 'Die Nameserver der Domain antworten, und die Domain ist bezahlt.',
  'diagnosis.step-signed-request': 'Signierte Anfragen',
  'diagnosis.expected-signed-request':
    'Eine signierte Anfrage kommt so an, wie sie gesendet wurde, auch eine lange mit seltenen Zeichen in der Adresse.',
  'diagnosis.step-outgoing': 'Weg hinaus',
  'diagnosis.expected-outgoing': 'Die Server, mit denen wir die meisten Räume teilen, antworten uns.',
  'diagnosis.step-resolver': 'Namen nachschlagen',
  'diagnosis.expected-resolver': 'Namen werden in einer Sekunde nachgeschlagen, und keiner geht verloren.',
  'diagnosis.step-client-address': 'Adresse für Apps',
  'diagnosis.expected-client-address':
    'Apps finden den Server durch seinen Namen, und Browser dürfen lesen, was sie finden.',
  'diagnosis.step-sign-in': 'Anmelden',
  'diagnosis.expected-sign-in':
    'Es gibt einen Weg, sich anzumelden, und der Server bietet, was heutige Apps verlangen.',
  'diagnosis.step-calls': 'Anrufe',
  'diagnosis.expected-calls': 'Worüber Anrufe laufen, antwortet, wo es eingerichtet ist.',
  'diagnosis.step-push': 'Benachrichtigungen',
  'diagnosis.expected-push': 'Die Dienste, die Telefone wecken, nehmen an, was sie bekommen.',
  'diagnosis.step-hairpin': 'Von zu Hause',
  'diagnosis.expected-hairpin': 'Auch Geräte zu Hause können den öffentlichen Namen benutzen.',
  'diagnosis.step-round-trip': 'Von außen gesehen',
  'diagnosis.expected-round-trip':
    'Ein anderer Server glaubt uns, kommt durch unseren Namen her und findet unsere Schlüssel.',
  'diagnosis.cause-NAME_PRIVATE': '{name} ist ein Name für zu Hause: Andere Server können ihn nie finden.',
  'diagnosis.fix-NAME_PRIVATE':
    'Zu Hause ist alles gut. Um mit anderen Servern zu sprechen, richte einen neuen Server unter einer eigenen Domain ein: Ein Name lässt sich später nicht ändern.',
  'diagnosis.cause-CLOCK_OURS_AHEAD':
    'Die Uhr dieses Computers geht {seconds} Sekunden vor, verglichen mit anderen Servern. Sie könnten unsere Nachrichten ablehnen.',
  'diagnosis.fix-CLOCK_OURS_AHEAD': 'Schalte in den Einstellungen des Systems die automatische Uhrzeit ein.',
  'diagnosis.cause-CLOCK_OURS_BEHIND':
    'Die Uhr dieses Computers geht {seconds} Sekunden nach, verglichen mit anderen Servern. Sie könnten unsere Nachrichten ablehnen.',
  'diagnosis.fix-CLOCK_OURS_BEHIND': 'Schalte in den Einstellungen des Systems die automatische Uhrzeit ein.',
  'diagnosis.cause-CLOCK_NO_SERVERS': 'Noch kein anderer Server hat uns seine Uhrzeit gesagt.',
  'diagnosis.cause-ONLINE_NO_NETWORK': 'Dieser Computer ist in keinem Netz.',
  'diagnosis.fix-ONLINE_NO_NETWORK': 'Stecke das Kabel ein oder verbinde das WLAN, dann prüfe noch einmal.',
  'diagnosis.cause-ONLINE_NO_DNS':
    'Dieser Computer ist in einem Netz, aber kein Name lässt sich nachschlagen: Dahinter ist kein Internet, oder der Nameserver antwortet nicht.',
  'diagnosis.fix-ONLINE_NO_DNS':
    'Starte den Router neu. Wenn andere Geräte Internet haben, prüfe die DNS-Einstellungen dieses Computers.',
  'diagnosis.cause-PUBLIC_CGNAT':
    'Dein Anbieter teilt eine Adresse unter vielen Kunden auf, deshalb kann sich niemand von außen damit verbinden.',
  'diagnosis.fix-PUBLIC_CGNAT':
    'Benutze einen Tunnel oder einen Webserver anderswo, oder bitte den Anbieter um eine eigene Adresse.',
  'diagnosis.cause-PUBLIC_HOME':
    'Dieser Computer hat eine Adresse im Heimnetz; die öffentliche hat der Router, und sie ist von hier nicht zu sehen.',
  'diagnosis.cause-PORT_NONE': 'Der Server hört zu, aber nicht auf andere Server.',
  'diagnosis.fix-PORT_NONE': 'Gib einem Listener in der Konfiguration die Ressource „federation“.',
  'diagnosis.cause-PORT_LOOPBACK': 'Nur dieser Computer selbst kann sich mit dem Server verbinden.',
  'diagnosis.fix-PORT_LOOPBACK':
    'Lass ihn auf 0.0.0.0 und :: hören, oder stelle einen Webserver davor und nenne ihn in der Konfiguration.',
  'diagnosis.cause-PORT_SILENT': 'Der Server antwortet an seinem eigenen Port {where} nicht.',
  'diagnosis.fix-PORT_SILENT': 'Starte den Server neu. Wenn das nicht hilft, sieh in den Protokollen nach.',
  'diagnosis.cause-DNS_NONE': '{host} hat im DNS keine Adresse und auch keinen Diensteintrag.',
  'diagnosis.fix-DNS_NONE':
    'Lege dort, wo deine Domain verwaltet wird, einen A-Eintrag (und AAAA für IPv6) für {host} an.',
  'diagnosis.cause-DNS_NONE_SRV':
    '{host} hat selbst keine Adresse; ein Diensteintrag sagt, wo der Server ist. Das ist in Ordnung.',
  'diagnosis.cause-DNS_FAILED': 'Das DNS ließ sich nicht nach {host} fragen.',
  'diagnosis.fix-DNS_FAILED': 'Bei „Domain“ und „Namen nachschlagen“ steht, wessen Fehler es ist.',
  'diagnosis.cause-DOMAIN_BROKEN': 'Die Nameserver von {host} antworten nicht, wie sie sollten.',
  'diagnosis.fix-DOMAIN_BROKEN':
    'Sieh dort nach, wo deine Domain verwaltet wird: Sie könnte abgelaufen sein, oder ihre DNSSEC-Schlüssel sind falsch.',
  'diagnosis.cause-DOMAIN_EXPIRY':
    'Die Nameserver von {host} antworten. Wann die Domain abläuft, weiß nur ihre Registrierungsstelle, und die wird nicht gefragt.',
  'diagnosis.cause-WELL_KNOWN_DIFFERS':
    'Die Website sagt bei {where} dies ({says}) und bei {other} jenes ({otherSays}).',
  'diagnosis.fix-WELL_KNOWN_DIFFERS':
    'Lass alle Adressen des Namens zur selben Website führen, oder nimm die falsche aus dem DNS.',
  'diagnosis.cause-WELL_KNOWN_308': 'Die Website leitet mit Code 308 weiter, dem manche Server nicht folgen.',
  'diagnosis.fix-WELL_KNOWN_308': 'Lass sie selbst antworten oder mit 301 oder 302 weiterleiten.',
  'diagnosis.cause-SRV_DIFFER': 'Der alte Diensteintrag zeigt woandershin als der neue: {old}.',
  'diagnosis.fix-SRV_DIFFER': 'Lösche die Einträge unter _matrix._tcp oder lass sie auf dieselbe Stelle zeigen.',
  'diagnosis.cause-ADDRESSES_ELSEWHERE': 'Der Name führt zu {there}, du bist aber bei {here}.',
  'diagnosis.fix-ADDRESSES_ELSEWHERE':
    'Ändere die A- und AAAA-Einträge auf {here}, oder benutze dynamisches DNS, wenn sich die Adresse oft ändert.',
  'diagnosis.cause-CONNECT_ONLY_OUTSIDE': '{where} antwortet diesem Computer nicht, aber andere erreichen es.',
  'diagnosis.fix-CONNECT_ONLY_OUTSIDE': 'Für andere Server nichts. Für Geräte zu Hause siehe „Von zu Hause“.',
  'diagnosis.cause-SIGNED_CHANGED':
    'Etwas auf dem Weg verändert die Adresse von Anfragen: gesendet {sent}, angekommen {came}. Einladungen und Beitritte werden an falschen Signaturen scheitern.',
  'diagnosis.fix-SIGNED_CHANGED':
    'Der Proxy muss Adressen ungelesen weitergeben. nginx: proxy_pass ohne Schrägstrich oder Pfad am Ende. Apache: nocanon und AllowEncodedSlashes NoDecode.',
  'diagnosis.cause-SIGNED_LOST':
    'Etwas auf dem Weg nimmt die Adresse von Anfragen auseinander (es dekodiert %2F), sodass sie nicht ankommen, wo sie sollen.',
  'diagnosis.fix-SIGNED_LOST':
    'Der Proxy muss Adressen ungelesen weitergeben. nginx: proxy_pass ohne Schrägstrich oder Pfad am Ende. Apache: nocanon und AllowEncodedSlashes NoDecode.',
  'diagnosis.cause-SIGNED_TOO_LARGE':
    'Etwas auf dem Weg lehnt lange Anfragen ab, deshalb kommen Nachrichten aus lebhaften Räumen nicht an.',
  'diagnosis.fix-SIGNED_TOO_LARGE': 'Erhöhe die Grenze des Proxys auf 50 MB. nginx: client_max_body_size 50m.',
  'diagnosis.cause-SIGNED_STATUS': 'Etwas auf dem Weg antwortete {status}, statt die Anfrage weiterzugeben.',
  'diagnosis.fix-SIGNED_STATUS': 'Der Proxy muss alles unter /_matrix weitergeben, mit jeder Methode.',
  'diagnosis.cause-SIGNED_ELSEWHERE':
    'Ein Matrix-Server antwortete, aber die Anfrage kam nicht hier an, oder ohne ihre Signatur.',
  'diagnosis.fix-SIGNED_ELSEWHERE':
    'Der Proxy muss den Kopf Authorization weitergeben und nur zu diesem Server führen.',
  'diagnosis.cause-SIGNED_FAILED': 'Die Anfrage wurde auf dem Weg abgebrochen.',
  'diagnosis.fix-SIGNED_FAILED':
    'Der Proxy muss mindestens 60 Sekunden auf Antworten warten und lange Anfragen annehmen.',
  'diagnosis.cause-OUTGOING_NOBODY':
    'Wir teilen noch mit keinem anderen Server Räume, deshalb ist niemand da, den man fragen könnte.',
  'diagnosis.cause-OUTGOING_NONE': 'Kein anderer Server war zu erreichen. Versucht: {all}.',
  'diagnosis.fix-OUTGOING_NONE': 'Lass deine Firewall ausgehende Verbindungen zu den Ports 443 und 8448 durch.',
  'diagnosis.cause-OUTGOING_SOME':
    '{count} der {all} Server, mit denen wir am meisten sprechen, waren nicht zu erreichen: {where}.',
  'diagnosis.fix-OUTGOING_SOME': 'Prüfe einen davon: Auf seiner Seite steht, wo der Weg versperrt ist.',
  'diagnosis.cause-RESOLVER_DOWN': 'Kein Name ließ sich nachschlagen.',
  'diagnosis.fix-RESOLVER_DOWN': 'Prüfe die DNS-Einstellungen dieses Computers oder starte den Router neu.',
  'diagnosis.cause-RESOLVER_DROPS': 'Der Nameserver verlor {lost} von {all} Fragen.',
  'diagnosis.fix-RESOLVER_DROPS': 'Lass diesen Computer einen anderen Nameserver fragen als den des Routers.',
  'diagnosis.cause-RESOLVER_SLOW':
    'Der Nameserver antwortet langsam: Die Hälfte der Antworten brauchte länger als {ms} ms.',
  'diagnosis.fix-RESOLVER_SLOW': 'Lass diesen Computer einen anderen Nameserver fragen als den des Routers.',
  'diagnosis.cause-CLIENT_NOT_SET':
    'Die Konfiguration nennt keine öffentliche Adresse für Apps, deshalb geben die Leute die Adresse selbst ein.',
  'diagnosis.cause-CLIENT_NONE': 'Apps finden den Server nicht durch seinen Namen: {url} ist nicht da.',
  'diagnosis.fix-CLIENT_NONE': 'Lass die Website des Namens /.well-known/matrix an diesen Server weitergeben.',
  'diagnosis.cause-CLIENT_INVALID': '{url} sagt nichts, womit Apps etwas anfangen könnten.',
  'diagnosis.fix-CLIENT_INVALID': 'Es muss JSON mit „m.homeserver“ und seiner „base_url“ sein.',
  'diagnosis.cause-CLIENT_OTHER': 'Die Website schickt Apps zu {base}, die Konfiguration sagt aber {configured}.',
  'diagnosis.fix-CLIENT_OTHER': 'Lass beide dasselbe sagen.',
  'diagnosis.cause-CLIENT_CORS': 'Browser dürfen {url} nicht lesen (CORS).',
  'diagnosis.fix-CLIENT_CORS': 'Lass die Website mit dem Kopf Access-Control-Allow-Origin: * antworten.',
  'diagnosis.cause-CLIENT_UNREACHABLE': 'Apps werden zu {base} geschickt, wo dieser Server nicht antwortet.',
  'diagnosis.fix-CLIENT_UNREACHABLE':
    'Lass den Webserver dort /_matrix an diesen Server weitergeben, oder berichtige public_baseurl.',
  'diagnosis.cause-CLIENT_VERSIONS_CORS': 'Browser dürfen mit dem Server bei {base} nicht sprechen (CORS).',
  'diagnosis.fix-CLIENT_VERSIONS_CORS':
    'Der Proxy muss die Access-Control-Köpfe dieses Servers weitergeben und keine eigenen setzen.',
  'diagnosis.cause-SIGN_IN_FAILED': 'Der Server antwortet Apps nicht.',
  'diagnosis.fix-SIGN_IN_FAILED': 'Gib einem Listener in der Konfiguration die Ressource „client“.',
  'diagnosis.cause-SIGN_IN_NO_WAY':
    'Es gibt keinen Weg, sich anzumelden: Passwörter sind abgeschaltet, und sonst gibt es nichts.',
  'diagnosis.fix-SIGN_IN_NO_WAY': 'Schalte password_config in der Konfiguration ein.',
  'diagnosis.cause-SIGN_IN_OLD': 'Der Server bietet kein Simplified Sliding Sync, das heutige Apps verlangen.',
  'diagnosis.fix-SIGN_IN_OLD': 'Aktualisiere Hearth.',
  'diagnosis.cause-CALLS_NONE': 'Anrufe sind nicht eingerichtet, deshalb bieten Apps nur an, was ohne Server geht.',
  'diagnosis.cause-CALLS_NO_SECRET': 'Ein TURN-Server ist genannt, aber weder sein Geheimnis noch Name und Passwort.',
  'diagnosis.fix-CALLS_NO_SECRET': 'Setze turn_shared_secret auf das Geheimnis des TURN-Servers.',
  'diagnosis.cause-CALLS_TURN_WRONG': '{uri} ist keine Adresse eines TURN-Servers.',
  'diagnosis.fix-CALLS_TURN_WRONG': 'Schreibe sie wie turn:turn.example.org:3478?transport=udp',
  'diagnosis.cause-CALLS_TURN_SILENT':
    'Der TURN-Server antwortet nicht: {where}. Anrufe gehen zu Hause, aber nicht von außen.',
  'diagnosis.fix-CALLS_TURN_SILENT': 'Starte ihn und öffne seine Ports (auch UDP) in Router und Firewall.',
  'diagnosis.cause-CALLS_SFU_SILENT': 'Der Medienserver für Anrufe antwortet nicht: {where}.',
  'diagnosis.fix-CALLS_SFU_SILENT': 'Starte ihn und prüfe die Adresse in der Konfiguration.',
  'diagnosis.cause-PUSH_OFF': 'Benachrichtigungen sind in der Konfiguration abgeschaltet.',
  'diagnosis.cause-PUSH_NONE': 'Noch will keine App benachrichtigt werden.',
  'diagnosis.cause-PUSH_FAILING': 'Benachrichtigungen kommen bei {where} nicht an.',
  'diagnosis.fix-PUSH_FAILING':
    'Wenn es dauert, hat der Betreiber Schwierigkeiten, oder eine Firewall versperrt den Weg hinaus.',
  'diagnosis.cause-HAIRPIN_NOT_NEEDED': 'Zwischen dem öffentlichen Namen und diesem Computer steht kein Router.',
  'diagnosis.cause-HAIRPIN_BROKEN':
    'Telefone in deinem WLAN können die öffentliche Adresse nicht benutzen: Der Router lässt die eigenen Leute nicht durch die Vordertür.',
  'diagnosis.fix-HAIRPIN_BROKEN':
    'Lass das DNS des Routers für den Namen die Heimadresse dieses Computers nennen, oder schalte Hairpin-NAT (NAT-Loopback) ein.',
  'diagnosis.cause-HAIRPIN_UNKNOWN':
    'Der öffentliche Name führt von diesem Computer aus nirgendwohin, deshalb lässt sich hier nichts sagen.',
  'diagnosis.cause-ROUND_NO_PARTNER': 'Es gibt keinen anderen Server, der von außen schauen könnte.',
  'diagnosis.cause-ROUND_REFUSED':
    '{server} glaubt unserer Signatur nicht: Er kann unsere Schlüssel nicht holen oder hat andere von uns.',
  'diagnosis.fix-ROUND_REFUSED':
    'Behebe die Schritte oben. Wenn dieser Name früher mit einem anderen Schlüssel benutzt wurde, importiere ihn oder nenne ihn unter old_signing_keys.',
  'diagnosis.cause-ROUND_NOT_FETCHED':
    '{server} konnte unsere Schlüssel nicht holen: Von außen führt kein Weg hierher.',
  'diagnosis.fix-ROUND_NOT_FETCHED':
    'Lass den Router Port 8448 (oder den, den .well-known nennt) an diesen Computer weitergeben und die Firewall ihn hereinlassen.',
  'diagnosis.cause-ROUND_OTHER_KEYS': '{server} kennt andere Schlüssel dieses Namens als unsere.',
  'diagnosis.fix-ROUND_OTHER_KEYS':
    'Ein anderer Server antwortet unter diesem Namen oder tat es früher. Halte ihn an und nenne seinen Schlüssel unter old_signing_keys.',
  'diagnosis.cause-ROUND_REMEMBERED':
    '{server} wusste unsere Schlüssel noch und kam nicht her, deshalb sagt das nichts über den Weg.',
};

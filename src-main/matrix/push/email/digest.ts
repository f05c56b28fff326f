import type { Milliseconds } from '../../../base/clock.js';
import type { EmailSubjects } from '../../../config/config.js';
import { escapeHtml, type Language } from '../../accounts/index.js';
import { WORDS } from './words.js';

/** A message as an e-mail shows it. */
export interface DigestMessage {
  readonly sender: string;
  readonly text: string;
  /** ms since the epoch */
  readonly sentAt: Milliseconds;
}

/** A room as an e-mail shows it. */
export interface DigestRoom {
  /** undefined where there is none that is not made of its members */
  readonly name: string | undefined;
  readonly kind: 'talk' | 'invitation' | 'invitation to a space';
  /** where the reader's client opens it */
  readonly link: string;
  /** the oldest first; of an invitation none */
  readonly messages: readonly DigestMessage[];
  /** how many older ones are left out */
  readonly more: number;
  /** who wrote, or who invites; each once */
  readonly people: readonly string[];
}

/** All that one e-mail tells. */
export interface Digest {
  readonly language: Language;
  readonly appName: string;
  readonly serverName: string;
  /** whom it is for */
  readonly reader: string;
  /** the one that it is written for first */
  readonly rooms: readonly DigestRoom[];
  /** how many rooms are left out */
  readonly moreRooms: number;
  readonly unsubscribeLink: string;
}

/** The e-mail in all its parts. */
export interface DigestMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const MOST_NAME_LETTERS = 80;

/** Writes it, as text and as HTML. */
export const digestMail = (digest: Digest, subjects: EmailSubjects): DigestMail => ({
  subject: subjectOf(digest, subjects),
  text: textOf(digest),
  html: htmlOf(digest),
});

function subjectOf({ rooms, appName, serverName, language }: Digest, subjects: EmailSubjects): string {
  const [room] = rooms;
  const key = room ? subjectKey(room, rooms.length > 1) : 'messages_from_person';
  const people = listed(room?.people ?? [], language);
  const fill: Readonly<Record<string, string>> = {
    app: appName,
    server_name: serverName,
    person: people,
    room: room?.name ?? people,
    space: room?.name ?? people,
  };
  return subjects[key].replaceAll(/%\((\w+)\)s/g, (whole, name: string) => oneLine(fill[name] ?? whole));
}

function subjectKey({ kind, name, messages, more }: DigestRoom, areSeveral: boolean): keyof EmailSubjects {
  if (areSeveral) return name === undefined ? 'messages_from_person_and_others' : 'messages_in_room_and_others';
  if (kind !== 'talk' && name === undefined) return 'invite_from_person';
  if (kind === 'invitation to a space') return 'invite_from_person_to_space';
  if (kind === 'invitation') return 'invite_from_person_to_room';
  if (messages.length + more > 1) return name === undefined ? 'messages_from_person' : 'messages_in_room';
  return name === undefined ? 'message_from_person' : 'message_from_person_in_room';
}

function textOf({ language, reader, rooms, moreRooms, unsubscribeLink, serverName }: Digest): string {
  const words = WORDS[language];
  const ofRoom = (room: DigestRoom) => [
    `${titleOf(room, language)}\n${room.link}`,
    ...(room.more > 0 ? [words.moreMessages(room.more)] : []),
    ...room.messages.map(({ sender, text, sentAt }) => `${sender} (${timeOf(sentAt, language)}):\n${indented(text)}`),
  ];
  const paragraphs = [
    words.greeting(reader),
    words.waiting(serverName),
    ...rooms.flatMap(ofRoom),
    ...(moreRooms > 0 ? [words.moreRooms(moreRooms)] : []),
    `${words.why}\n${words.unsubscribe}: ${unsubscribeLink}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function htmlOf({ language, reader, rooms, moreRooms, unsubscribeLink, serverName }: Digest): string {
  const words = WORDS[language];
  const paragraph = (html: string) => `<p style="margin:0 0 12px">${html}</p>`;
  const message = ({ sender, text, sentAt }: DigestMessage) =>
    paragraph(
      `<b>${escapeHtml(sender)}</b> <span style="color:#666">${escapeHtml(timeOf(sentAt, language))}</span><br>` +
        escapeHtml(text).replaceAll('\n', '<br>'),
    );
  const ofRoom = (
    room: DigestRoom,
  ) => `<h2 style="font-size:17px;margin:24px 0 12px">${linked(room.link, titleOf(room, language))}</h2>
${room.more > 0 ? paragraph(escapeHtml(words.moreMessages(room.more))) : ''}${room.messages.map(message).join('\n')}`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="font:15px/1.5 sans-serif;max-width:600px;margin:0 auto;padding:16px">
${paragraph(escapeHtml(words.greeting(reader)))}
${paragraph(escapeHtml(words.waiting(serverName)))}
${rooms.map(ofRoom).join('\n')}
${moreRooms > 0 ? paragraph(escapeHtml(words.moreRooms(moreRooms))) : ''}
<p style="margin:32px 0 0;color:#666;font-size:13px">${escapeHtml(words.why)}
${linked(unsubscribeLink, words.unsubscribe)}</p>
</body>
</html>
`;
}

function titleOf({ kind, name, people }: DigestRoom, language: Language): string {
  const { talk, invitation, space } = WORDS[language];
  const who = listed(people, language);
  if (kind === 'talk') return talk(name, who);
  return (kind === 'invitation' ? invitation : space)(name, who);
}

const linked = (link: string, text: string): string => `<a href="${escapeHtml(link)}">${escapeHtml(text)}</a>`;

/** Names of people and rooms come from strangers: no line of theirs becomes one of ours. */
const oneLine = (text: string): string => {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MOST_NAME_LETTERS ? `${line.slice(0, MOST_NAME_LETTERS - 1)}…` : line;
};

const listed = (people: readonly string[], language: Language): string =>
  new Intl.ListFormat(language).format(people.map(oneLine));

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

/** In UTC, and saying so: the server does not know where the reader is. */
const timeOf = (at: Milliseconds, language: Language): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
    .format(at)
    .concat(' UTC');

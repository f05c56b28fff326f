import type { Words } from '../../accounts/index.js';

/** What e-mails about notifications say. */
interface DigestWords {
  readonly greeting: (reader: string) => string;
  readonly waiting: (server: string) => string;
  readonly moreMessages: (count: number) => string;
  readonly moreRooms: (count: number) => string;
  readonly why: string;
  readonly unsubscribe: string;
  readonly talk: (name: string | undefined, people: string) => string;
  readonly invitation: (name: string | undefined, people: string) => string;
  readonly space: (name: string | undefined, people: string) => string;
  readonly image: (name: string) => string;
  readonly video: (name: string) => string;
  readonly audio: (name: string) => string;
  readonly file: (name: string) => string;
  readonly sticker: (name: string) => string;
  readonly location: string;
  readonly encrypted: string;
  readonly call: string;
  readonly other: string;
  /** the page that a link to unsubscribe shows */
  readonly page: {
    readonly doneTitle: string;
    readonly done: string;
    readonly unknownTitle: string;
    readonly unknown: string;
  };
}

export const WORDS: Words<DigestWords> = {
  en: {
    greeting: (reader) => `Hello ${reader},`,
    waiting: (server) => `this happened on ${server} while you were away:`,
    moreMessages: (count) => (count === 1 ? 'One earlier message' : `${count} earlier messages`),
    moreRooms: (count) => (count === 1 ? 'There is news in one more room.' : `There is news in ${count} more rooms.`),
    why: 'You get this e-mail because you asked to be told of messages that you have not read.',
    unsubscribe: 'Do not tell me any more',
    talk: (name, people) => name ?? `Messages from ${people}`,
    invitation: (name, people) =>
      name === undefined ? `${people} invites you to a chat` : `${people} invites you to ${name}`,
    space: (name, people) =>
      name === undefined ? `${people} invites you to a space` : `${people} invites you to the space ${name}`,
    image: (name) => `sent a picture: ${name}`,
    video: (name) => `sent a video: ${name}`,
    audio: (name) => `sent a recording: ${name}`,
    file: (name) => `sent a file: ${name}`,
    sticker: (name) => `sent a sticker: ${name}`,
    location: 'sent a place',
    encrypted: 'sent an encrypted message',
    call: 'called you',
    other: 'did something that you can see in your app',
    page: {
      doneTitle: 'You are unsubscribed',
      done: 'We send no more e-mails about messages to this address. In your app you can ask for them again.',
      unknownTitle: 'This link is no longer valid',
      unknown: 'Most likely you are unsubscribed already. If e-mails still come, open the link in the newest of them.',
    },
  },
  de: {
    greeting: (reader) => `Hallo ${reader},`,
    waiting: (server) => `das ist auf ${server} geschehen, während du weg warst:`,
    moreMessages: (count) => (count === 1 ? 'Eine frühere Nachricht' : `${count} frühere Nachrichten`),
    moreRooms: (count) =>
      count === 1 ? 'In einem weiteren Raum gibt es Neues.' : `In ${count} weiteren Räumen gibt es Neues.`,
    why: 'Du bekommst diese E-Mail, weil du über Nachrichten benachrichtigt werden willst, die du nicht gelesen hast.',
    unsubscribe: 'Nicht mehr benachrichtigen',
    talk: (name, people) => name ?? `Nachrichten von ${people}`,
    invitation: (name, people) =>
      name === undefined ? `${people} lädt dich zu einem Gespräch ein` : `${people} lädt dich ein: ${name}`,
    space: (name, people) =>
      name === undefined ? `${people} lädt dich in einen Space ein` : `${people} lädt dich in den Space ${name} ein`,
    image: (name) => `hat ein Bild geschickt: ${name}`,
    video: (name) => `hat ein Video geschickt: ${name}`,
    audio: (name) => `hat eine Aufnahme geschickt: ${name}`,
    file: (name) => `hat eine Datei geschickt: ${name}`,
    sticker: (name) => `hat einen Sticker geschickt: ${name}`,
    location: 'hat einen Ort geschickt',
    encrypted: 'hat eine verschlüsselte Nachricht geschickt',
    call: 'hat dich angerufen',
    other: 'hat etwas getan, das du in deiner App sehen kannst',
    page: {
      doneTitle: 'Du bist abgemeldet',
      done: 'Wir schicken keine E-Mails über Nachrichten mehr an diese Adresse. In deiner App kannst du sie wieder anfordern.',
      unknownTitle: 'Dieser Link gilt nicht mehr',
      unknown:
        'Wahrscheinlich bist du schon abgemeldet. Wenn weiter E-Mails kommen, öffne den Link in der neuesten von ihnen.',
    },
  },
};

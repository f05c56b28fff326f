import { describe, expect, it } from 'vitest';
import { DEFAULT_SUBJECTS } from '../../../src-main/config/read-email.js';
import { type Digest, type DigestRoom, digestMail } from '../../../src-main/matrix/push/email/digest.js';
import { messageText } from '../../../src-main/matrix/push/email/message-text.js';
import { dueAt, throttleAfter } from '../../../src-main/matrix/push/email/throttling.js';

const room = (more: Partial<DigestRoom> = {}): DigestRoom => ({
  name: 'Kitchen',
  kind: 'talk',
  link: 'https://matrix.to/#/!r:a/$e',
  messages: [{ sender: 'Alice', text: 'dinner?', sentAt: Date.UTC(2026, 6, 1, 12) }],
  more: 0,
  people: ['Alice'],
  ...more,
});
const digest = (rooms: DigestRoom[], more: Partial<Digest> = {}): Digest => ({
  language: 'en',
  appName: 'Hearth',
  serverName: 'hearth.test',
  reader: 'Bob',
  rooms,
  moreRooms: 0,
  unsubscribeLink: 'https://hearth.test/_synapse/client/unsubscribe?token=t',
  ...more,
});
const mail = (rooms: DigestRoom[], more: Partial<Digest> = {}) => digestMail(digest(rooms, more), DEFAULT_SUBJECTS);
const two = room().messages.concat(room().messages);

describe('the subject of an e-mail', () => {
  it.each([
    ['a message in a room', [room()], '[Hearth] A message for you from Alice in Kitchen'],
    ['a message in a room without a name', [room({ name: undefined })], '[Hearth] A message for you from Alice'],
    ['messages in a room', [room({ messages: two })], '[Hearth] Messages for you in Kitchen'],
    [
      'messages of several people',
      [room({ name: undefined, messages: two, people: ['Alice', 'Carol'] })],
      '[Hearth] Messages for you from Alice and Carol',
    ],
    [
      'messages in several rooms',
      [room(), room({ name: 'Hall' })],
      '[Hearth] Messages for you in Kitchen and elsewhere',
    ],
    [
      'messages of several people in several rooms',
      [room({ name: undefined }), room()],
      '[Hearth] Messages for you from Alice and others',
    ],
    ['an invitation', [room({ kind: 'invitation' })], '[Hearth] Alice has invited you to the room Kitchen'],
    [
      'an invitation to a talk',
      [room({ kind: 'invitation', name: undefined })],
      '[Hearth] Alice has invited you to a chat',
    ],
    [
      'an invitation to a space',
      [room({ kind: 'invitation to a space', name: 'Home' })],
      '[Hearth] Alice has invited you to the space Home',
    ],
  ])('says what it is about: %s', (_case, rooms, subject) => {
    expect(mail(rooms).subject).toBe(subject);
  });

  it('is one line, however rooms are called', () => {
    const { subject } = mail([room({ name: `a\r\nBcc: eve@example.org\n${'x'.repeat(200)}` })]);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject.length).toBeLessThan(200);
  });
});

describe('an e-mail', () => {
  it('says the same as text and as HTML, and how to end it', () => {
    const { text, html } = mail([room({ more: 2 })], { moreRooms: 1 });
    for (const part of ['Hello Bob', 'Kitchen', '2 earlier messages', 'Alice', 'dinner?', 'one more room', 'token=t']) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
    expect(text).toContain('https://matrix.to/#/!r:a/$e');
    expect(html).toContain('href="https://matrix.to/#/!r:a/$e"');
  });

  it('has no HTML of others in it', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const messages = [{ sender: evil, text: `${evil}\nsecond`, sentAt: 0 }];
    const { html } = mail([room({ name: evil, people: [evil], link: `https://a/"${evil}`, messages })], {
      reader: evil,
    });
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain('<br>second');
  });

  it('speaks German where the reader wants that', () => {
    const { text, html } = mail([room({ kind: 'invitation', messages: [] })], { language: 'de' });
    expect(text).toContain('Alice lädt dich ein: Kitchen');
    expect(html).toContain('<html lang="de">');
  });
});

describe('a message in an e-mail', () => {
  it.each([
    ['m.room.message', { msgtype: 'm.text', body: 'hello' }, 'hello'],
    ['m.room.message', { msgtype: 'm.emote', body: 'waves' }, '* waves'],
    ['m.room.message', { msgtype: 'm.image', body: 'cat.jpg' }, 'sent a picture: cat.jpg'],
    ['m.room.message', { msgtype: 'm.text', body: '> <@a:b> what?\n> more\n\nthat' }, 'that'],
    ['m.room.message', { msgtype: 'm.text', body: '> only a quote' }, '> only a quote'],
    ['m.room.message', { msgtype: 'm.text', body: 7 }, 'did something that you can see in your app'],
    ['m.room.encrypted', { algorithm: 'x' }, 'sent an encrypted message'],
    ['m.call.invite', {}, 'called you'],
    ['m.room.message', { msgtype: 'm.text', body: 'x'.repeat(2_000) }, `${'x'.repeat(1_000)} …`],
    ['m.room.message', { msgtype: 'm.text', body: '\n'.repeat(500).concat('end') }, 'end'],
  ])('%s %o reads %s', (type, content, text) => {
    expect(messageText({ type, content }, 'en')).toBe(text);
  });
});

describe('how long e-mails wait', () => {
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const delay = 10 * MINUTE;

  it('is until a message had its time to be read', () => {
    expect(dueAt(1_000, undefined, delay)).toBe(1_000 + delay);
  });

  it('grows from the first to the second of one conversation, and no farther than a day', () => {
    const first = throttleAfter(undefined, { first: 0, last: 0 }, { now: delay, delay });
    expect(first.wait).toBe(delay);
    expect(dueAt(delay + MINUTE, first, delay)).toBe(2 * delay + MINUTE);
    const second = throttleAfter(first, { first: delay, last: delay }, { now: 2 * delay, delay });
    expect(second.wait).toBe(24 * HOUR);
    expect(dueAt(2 * delay, second, delay)).toBe(2 * delay + 24 * HOUR);
    expect(throttleAfter(second, { first: 25 * HOUR, last: 25 * HOUR }, { now: 26 * HOUR, delay }).wait).toBe(delay);
  });

  it('is short again after half a day of silence', () => {
    const long = { sentAt: 0, noticedAt: 0, wait: 24 * HOUR };
    const told = { first: 13 * HOUR, last: 14 * HOUR };
    expect(throttleAfter(long, told, { now: 24 * HOUR, delay })).toEqual({
      sentAt: 24 * HOUR,
      noticedAt: 14 * HOUR,
      wait: delay,
    });
  });
});

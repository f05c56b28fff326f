import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import type { EmailConfig } from '../../src-main/config/config.js';
import { Mail } from '../../src-main/net/mail.js';
import { emailConfig } from '../support/email.js';
import { type SmtpOptions, startSmtpServer } from '../support/smtp-server.js';

const MESSAGE = {
  to: 'alice@people.test',
  subject: 'Grüße, und eine Zeile, die so lang ist, dass sie in den Kopfzeilen umgebrochen werden muss',
  text: 'Ein Gruß.\n.\nUnd ein Punkt.\n',
  html: '<p>Ein Gruß.</p>',
};
const TLS = {
  cert: readFileSync('test/fixtures/tls/one.crt', 'utf8'),
  key: readFileSync('test/fixtures/tls/one.key', 'utf8'),
};

async function trySending(options: SmtpOptions, config: Partial<EmailConfig> = {}, verifyCertificate = true) {
  await using post = await startSmtpServer(options);
  const mail = new Mail({ config: { ...emailConfig(post.port), ...config }, verifyCertificate, log: silentLogger });
  const stopping = new AbortController();
  const job = mail.job.run(stopping.signal);
  try {
    await mail.send(MESSAGE);
    return post.mails;
  } finally {
    stopping.abort();
    await job;
  }
}

it('hands over an e-mail in both forms, word for word', async () => {
  expect(await trySending({})).toMatchObject([
    {
      from: 'noreply@hearth.test',
      to: ['alice@people.test'],
      subject: MESSAGE.subject,
      text: MESSAGE.text,
      html: MESSAGE.html,
      secure: false,
      headers: { from: 'Hearth <noreply@hearth.test>', 'auto-submitted': 'auto-generated' },
    },
  ]);
});

it('signs in where the mail server wants that', async () => {
  const login = { user: 'hearth', password: 'secret' };
  expect(await trySending({ login }, login)).toMatchObject([{ user: 'hearth' }]);
});

it('encrypts when the mail server offers it', async () => {
  expect(await trySending({ tls: TLS }, {}, false)).toMatchObject([{ secure: true }]);
});

it.each<[string, SmtpOptions, Partial<EmailConfig>, RegExp]>([
  [
    'a wrong password',
    { login: { user: 'a', password: 'b' } },
    { user: 'a', password: 'c' },
    /refused the user name or/,
  ],
  [
    'no such mailbox',
    { refuse: { RCPT: '550 no such user' } },
    {},
    /refused the sender or the recipient.*no such user/,
  ],
  ['no encryption where it is demanded', {}, { encryption: 'required' }, /offered no encryption/],
  ['a certificate that nobody vouches for', { tls: TLS }, {}, /encryption|could not be reached/],
  ['nobody there', {}, { port: 1 }, /127\.0\.0\.1:1 could not be reached\. \(ECONNREFUSED\)/],
])('says in a sentence that there is %s', async (_case, options, config, sentence) => {
  await expect(trySending(options, config)).rejects.toThrow(sentence);
});

it('never takes one address for several', async () => {
  await using post = await startSmtpServer();
  const mail = new Mail({ config: emailConfig(post.port), verifyCertificate: true, log: silentLogger });
  await mail.send({ ...MESSAGE, to: 'a@x.test, b@y.test' }).catch(() => undefined);
  expect(post.mails.filter(({ to }) => to.length > 1)).toEqual([]);
  const stopping = AbortSignal.abort();
  await mail.job.run(stopping);
});

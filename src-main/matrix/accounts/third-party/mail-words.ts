import type { EmailConfig } from '../../../config/config.js';
import type { MailMessage } from '../../../net/mail.js';
import { escapeHtml, type Language, type Words } from '../pages.js';
import type { ValidationPurpose } from './validation.store.js';

/** Why somebody gets an e-mail: to prove an address, or to learn that it is in use already. */
export type Occasion = ValidationPurpose | 'in use';

interface Letter {
  readonly greeting: string;
  readonly before: string;
  readonly after: string;
}

const LETTERS: Words<(server: string) => Readonly<Record<Occasion, Letter>>> = {
  en: (server) => ({
    password: {
      greeting: 'Hello,',
      before: `somebody, hopefully you, wants to set a new password for your account on ${server}. To go on, open this link:`,
      after: 'If this was not you, ignore this e-mail: nothing is changed.',
    },
    register: {
      greeting: 'Welcome!',
      before: `With this e-mail address somebody, hopefully you, is making an account on ${server}. To confirm the address, open this link:`,
      after: 'If this was not you, ignore this e-mail: the address is not used.',
    },
    add: {
      greeting: 'Hello,',
      before: `somebody, hopefully you, wants to add this e-mail address to an account on ${server}. To confirm the address, open this link:`,
      after: 'If this was not you, ignore this e-mail: the address is not added.',
    },
    'in use': {
      greeting: 'Hello,',
      before: `somebody, hopefully you, wanted to use this e-mail address for an account on ${server}. It belongs to an account there already.`,
      after:
        'Sign in to that account instead; if you forgot its password, your app can set a new one. If this was not you, ignore this e-mail.',
    },
  }),
  de: (server) => ({
    password: {
      greeting: 'Hallo,',
      before: `jemand, hoffentlich du, möchte ein neues Passwort für dein Konto auf ${server} setzen. Öffne dazu diesen Link:`,
      after: 'Wenn du das nicht warst, beachte diese E-Mail nicht: Es ändert sich nichts.',
    },
    register: {
      greeting: 'Willkommen!',
      before: `Mit dieser E-Mail-Adresse legt jemand, hoffentlich du, ein Konto auf ${server} an. Öffne diesen Link, um die Adresse zu bestätigen:`,
      after: 'Wenn du das nicht warst, beachte diese E-Mail nicht: Die Adresse wird nicht verwendet.',
    },
    add: {
      greeting: 'Hallo,',
      before: `jemand, hoffentlich du, möchte diese E-Mail-Adresse einem Konto auf ${server} hinzufügen. Öffne diesen Link, um die Adresse zu bestätigen:`,
      after: 'Wenn du das nicht warst, beachte diese E-Mail nicht: Die Adresse wird nicht hinzugefügt.',
    },
    'in use': {
      greeting: 'Hallo,',
      before: `jemand, hoffentlich du, wollte diese E-Mail-Adresse für ein Konto auf ${server} verwenden. Sie gehört dort schon zu einem Konto.`,
      after:
        'Melde dich stattdessen bei diesem Konto an; wenn du sein Passwort vergessen hast, kann deine App ein neues setzen. Wenn du das nicht warst, beachte diese E-Mail nicht.',
    },
  }),
};

const SUBJECTS: Readonly<Record<Occasion, keyof EmailConfig['subjects']>> = {
  password: 'password_reset',
  register: 'email_validation',
  add: 'email_validation',
  'in use': 'email_already_in_use',
};

/** What an e-mail is made of. */
export interface ValidationLetter {
  readonly to: string;
  readonly occasion: Occasion;
  readonly language: Language;
  readonly serverName: string;
  /** undefined where there is nothing to open */
  readonly link: string | undefined;
}

/** The e-mail for an occasion, in both forms. */
export function validationMail(
  { to, occasion, language, serverName, link }: ValidationLetter,
  { subjects, appName }: Pick<EmailConfig, 'subjects' | 'appName'>,
): MailMessage {
  const { greeting, before, after } = LETTERS[language](serverName)[occasion];
  const subject = subjects[SUBJECTS[occasion]].replaceAll('%(server_name)s', serverName).replaceAll('%(app)s', appName);
  const linkAsHtml = link === undefined ? [] : [`<a href="${escapeHtml(link)}">${escapeHtml(link)}</a>`];
  const paragraphs = [escapeHtml(greeting), escapeHtml(before), ...linkAsHtml, escapeHtml(after)];
  return {
    to,
    subject,
    text: [greeting, before, ...(link === undefined ? [] : [link]), after].join('\n\n').concat('\n'),
    html: `<!doctype html><html lang="${language}"><body>${paragraphs.map((each) => `<p>${each}</p>`).join('')}</body></html>`,
  };
}

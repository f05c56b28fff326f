import { escapeHtml, type Language, type Page, page, type Words } from '../pages.js';

const WORDS: Words<{
  readonly reset: string;
  readonly resetText: string;
  readonly resetButton: string;
  readonly done: string;
  readonly doneText: string;
  readonly failed: string;
  readonly failedText: string;
}> = {
  en: {
    reset: 'Set a new password?',
    resetText: 'If you asked for a new password, confirm it here. Otherwise close this page: nothing is changed.',
    resetButton: 'Yes, I asked for it',
    done: 'Your e-mail address is confirmed',
    doneText: 'You may now close this page and go on in your app.',
    failed: 'This link does not work any more',
    failedText: 'It is too old, was used, or is not complete. Ask for another e-mail in your app.',
  },
  de: {
    reset: 'Neues Passwort setzen?',
    resetText:
      'Wenn du ein neues Passwort wolltest, bestätige es hier. Sonst schließe diese Seite: Es ändert sich nichts.',
    resetButton: 'Ja, das war ich',
    done: 'Deine E-Mail-Adresse ist bestätigt',
    doneText: 'Du kannst diese Seite jetzt schließen und in deiner App weitermachen.',
    failed: 'Dieser Link funktioniert nicht mehr',
    failedText:
      'Er ist zu alt, wurde schon benutzt oder ist unvollständig. Lass dir in der App eine neue E-Mail schicken.',
  },
};

/** What a link carries. */
export interface LinkParts {
  readonly sid: string;
  readonly clientSecret: string;
  readonly token: string;
}

/** After the form, the browser may be sent on to wherever the client said. */
const ANYWHERE = "form-action 'self' https: http:";

/** Asks before anything happens: programs that look at e-mails follow links too. */
export function resetPage(language: Language, { sid, clientSecret, token }: LinkParts): Page {
  const { reset, resetText, resetButton } = WORDS[language];
  const fields = [field('sid', sid), field('client_secret', clientSecret), field('token', token)].join('');
  const content = `<p>${resetText}</p><form method="post">${fields}<button>${resetButton}</button></form>`;
  return page({ language, title: reset, content, policy: ANYWHERE });
}

const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;

export const donePage = (language: Language): Page =>
  page({ language, title: WORDS[language].done, content: `<p>${WORDS[language].doneText}</p>` });

export const failedPage = (language: Language): Page =>
  page({ language, title: WORDS[language].failed, content: `<p role="alert">${WORDS[language].failedText}</p>` });

import type { Config } from '../../config/config.js';
import { termsUrl } from './entrance-stages.js';
import { escapeHtml, type Language, type Page, page, type Words } from './pages.js';

/** What the spec has clients listen for. */
const DONE = `
if (window.onAuthDone) window.onAuthDone();
else if (window.opener && window.opener.postMessage) window.opener.postMessage('authDone', '*');
`;

interface PageWords {
  readonly invitation: string;
  readonly token: string;
  readonly step: string;
  readonly goOn: string;
  readonly wrong: string;
  readonly thanks: string;
  readonly close: string;
  readonly robot: string;
  readonly noScript: string;
  readonly terms: string;
  readonly read: string;
  readonly accept: string;
}

const WORDS: Words<PageWords> = {
  en: {
    invitation: 'You need an invitation',
    token: 'Your registration token',
    step: 'One more step',
    goOn: 'Go on',
    wrong: 'That is not right. Please try again.',
    thanks: 'Thank you',
    close: 'You may now close this window and return to the application.',
    robot: 'Show that you are no robot',
    noScript: 'This riddle is made by Google and works with JavaScript only.',
    terms: 'The terms of this server',
    read: 'Please read this before you make an account:',
    accept: 'I accept',
  },
  de: {
    invitation: 'Du brauchst eine Einladung',
    token: 'Dein Einladungscode',
    step: 'Noch ein Schritt',
    goOn: 'Weiter',
    wrong: 'Das stimmt nicht. Bitte versuche es noch einmal.',
    thanks: 'Danke',
    close: 'Du kannst dieses Fenster jetzt schließen und zur App zurückkehren.',
    robot: 'Zeige, dass du kein Roboter bist',
    noScript: 'Dieses Rätsel kommt von Google und geht nur mit JavaScript.',
    terms: 'Die Bedingungen dieses Servers',
    read: 'Bitte lies das, bevor du ein Konto anlegst:',
    accept: 'Ich bin einverstanden',
  },
};

/** What a page shows. */
export interface FallbackPage {
  readonly language: Language;
  /** the last answer was wrong */
  readonly failed: boolean;
}

const alertOf = ({ language, failed }: FallbackPage) => (failed ? `<p role="alert">${WORDS[language].wrong}</p>` : '');

/** Asks for an invitation's token. */
export function tokenPage(shown: FallbackPage): Page {
  const { language } = shown;
  const words = WORDS[language];
  return page({
    language,
    title: words.invitation,
    content: `<form method="post"><label>${words.token}
<input name="token" required autofocus autocomplete="off" spellcheck="false"></label>${alertOf(shown)}
<button>${words.goOn}</button></form>`,
  });
}

/** Asks for nothing but a click. */
export function dummyPage(shown: FallbackPage): Page {
  const { language } = shown;
  const content = `<form method="post">${alertOf(shown)}<button>${WORDS[language].goOn}</button></form>`;
  return page({ language, title: WORDS[language].step, content });
}

const RECAPTCHA = 'https://www.recaptcha.net/recaptcha/';
/** What Google's riddle loads: the one thing here that comes from elsewhere. */
const RECAPTCHA_POLICY = [
  "form-action 'self'",
  `script-src ${RECAPTCHA} https://www.gstatic.com/recaptcha/`,
  `frame-src ${RECAPTCHA} https://www.google.com/recaptcha/`,
  `connect-src ${RECAPTCHA}`,
].join('; ');

/** Shows the riddle; its answer becomes a field of the form. */
export const captchaPage =
  ({ publicKey }: NonNullable<Config['registration']['captcha']>) =>
  (shown: FallbackPage): Page => {
    const { language } = shown;
    const words = WORDS[language];
    return page({
      language,
      title: words.robot,
      policy: RECAPTCHA_POLICY,
      content: `<form method="post"><div class="g-recaptcha" data-sitekey="${escapeHtml(publicKey)}"></div>
<noscript><p>${words.noScript}</p></noscript>${alertOf(shown)}<button>${words.goOn}</button></form>
<script src="${RECAPTCHA}api.js?hl=${language}" async defer></script>`,
    });
  };

/** Links to the terms and asks whether they are accepted. */
export const termsPage =
  (terms: NonNullable<Config['registration']['terms']>, baseUrl: string) =>
  (shown: FallbackPage): Page => {
    const { language } = shown;
    const words = WORDS[language];
    const link = `<a href="${escapeHtml(termsUrl(terms, baseUrl))}" target="_blank" rel="noopener">${escapeHtml(terms.name)}</a>`;
    const content = `<p>${words.read}</p><p>${link}</p><form method="post">${alertOf(shown)}<button>${words.accept}</button></form>`;
    return page({ language, title: words.terms, content });
  };

/** Tells the client that the stage is done. @see https://spec.matrix.org/v1.19/client-server-api/#fallback */
export const donePage = (language: Language): Page =>
  page({ language, title: WORDS[language].thanks, content: `<p>${WORDS[language].close}</p>`, script: DONE });

import { type Language, type Page, page, type Words } from './pages.js';

/** What the spec has clients listen for. */
const DONE = `
if (window.onAuthDone) window.onAuthDone();
else if (window.opener && window.opener.postMessage) window.opener.postMessage('authDone', '*');
`;

const WORDS: Words<Readonly<Record<'invitation' | 'token' | 'step' | 'goOn' | 'wrong' | 'thanks' | 'close', string>>> =
  {
    en: {
      invitation: 'You need an invitation',
      token: 'Your registration token',
      step: 'One more step',
      goOn: 'Go on',
      wrong: 'That is not right. Please try again.',
      thanks: 'Thank you',
      close: 'You may now close this window and return to the application.',
    },
    de: {
      invitation: 'Du brauchst eine Einladung',
      token: 'Dein Einladungscode',
      step: 'Noch ein Schritt',
      goOn: 'Weiter',
      wrong: 'Das stimmt nicht. Bitte versuche es noch einmal.',
      thanks: 'Danke',
      close: 'Du kannst dieses Fenster jetzt schließen und zur App zurückkehren.',
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

/** Tells the client that the stage is done. @see https://spec.matrix.org/v1.19/client-server-api/#fallback */
export const donePage = (language: Language): Page =>
  page({ language, title: WORDS[language].thanks, content: `<p>${WORDS[language].close}</p>`, script: DONE });

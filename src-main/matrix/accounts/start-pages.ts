import { escapeHtml, type Language, type Page, page, type Words } from './pages.js';

interface StartWords {
  readonly works: string;
  readonly howTo: (serverName: string) => string;
  readonly signIn: string;
  readonly user: string;
  readonly password: string;
  readonly wrong: string;
  readonly done: string;
  readonly noScript: string;
}

const WORDS: Words<StartWords> = {
  en: {
    works: 'Here is a Matrix server',
    howTo: (name) => `To use it, choose an app such as Element, and enter <b>${name}</b> as your server.`,
    signIn: 'Sign in',
    user: 'Your name',
    password: 'Password',
    wrong: 'That did not work. Please try again.',
    done: 'You are signed in. You may now close this window and return to the application.',
    noScript: 'This page needs JavaScript: it hands what you may do over to your application.',
  },
  de: {
    works: 'Hier läuft ein Matrix-Server',
    howTo: (name) => `Um ihn zu benutzen, nimm eine App wie Element und gib <b>${name}</b> als deinen Server an.`,
    signIn: 'Anmelden',
    user: 'Dein Name',
    password: 'Passwort',
    wrong: 'Das hat nicht geklappt. Bitte versuche es noch einmal.',
    done: 'Du bist angemeldet. Du kannst dieses Fenster jetzt schließen und zur App zurückkehren.',
    noScript: 'Diese Seite braucht JavaScript: Sie gibt deiner App, was sie zum Anmelden braucht.',
  },
};

/** What somebody sees who opens the server's address in a browser. */
export function startPage(language: Language, serverName: string): Page {
  const words = WORDS[language];
  return page({ language, title: words.works, content: `<p>${words.howTo(escapeHtml(serverName))}</p>` });
}

/** Signs in and hands the answer to the application around the page, by the names that the spec and older ones gave. */
const SIGN_IN = `
const form = document.querySelector('form');
const say = (id) => { for (const each of document.querySelectorAll('[role]')) each.hidden = each.id !== id; };
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  say('');
  const asked = new URLSearchParams(location.search);
  const body = { type: 'm.login.password', password: form.password.value };
  body.identifier = { type: 'm.id.user', user: form.user.value };
  for (const key of ['device_id', 'initial_device_display_name']) if (asked.has(key)) body[key] = asked.get(key);
  try {
    const reply = await fetch('/_matrix/client/v3/login', { method: 'POST', body: JSON.stringify(body) });
    if (!reply.ok) return say('wrong');
    const answer = await reply.json();
    form.hidden = true;
    say('done');
    if (window.onLogin) window.onLogin(answer);
    else if (window.matrixLogin && window.matrixLogin.onLogin) window.matrixLogin.onLogin(answer);
  } catch { say('wrong'); }
});
form.hidden = false;
`;

/**
 * Signs in for applications that know no way to do it themselves.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#login-fallback
 */
export function loginPage(language: Language): Page {
  const words = WORDS[language];
  return page({
    language,
    title: words.signIn,
    content: `
<noscript><p>${words.noScript}</p></noscript>
<p id="wrong" role="alert" hidden>${words.wrong}</p>
<p id="done" role="status" hidden>${words.done}</p>
<form hidden>
<label>${words.user}<input name="user" autocomplete="username" required></label>
<label>${words.password}<input name="password" type="password" autocomplete="current-password" required></label>
<button>${words.signIn}</button>
</form>`,
    script: SIGN_IN,
    policy: "connect-src 'self'; form-action 'none'",
  });
}

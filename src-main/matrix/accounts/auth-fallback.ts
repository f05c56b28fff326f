import { createHash } from 'node:crypto';

/** A page with the headers that keep it to itself. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto 0; padding: 0 1rem }
input, button { font: inherit; width: 100%; box-sizing: border-box; margin-top: .5rem; padding: .5rem }
[role=alert] { color: #b00020 }
@media (prefers-color-scheme: dark) { body { background: #1c1b1f; color: #e6e1e5 } [role=alert] { color: #ffb4ab } }
`;
/** What the spec has clients listen for. */
const DONE = `
if (window.onAuthDone) window.onAuthDone();
else if (window.opener && window.opener.postMessage) window.opener.postMessage('authDone', '*');
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(DONE)}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const page = (title: string, content: string): Page => ({
  headers: HEADERS,
  html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`,
});

const alertOf = (failure: string | undefined) => (failure === undefined ? '' : `<p role="alert">${failure}</p>`);

/** Asks for an invitation's token. */
export const tokenPage = (failure?: string): Page =>
  page(
    'You need an invitation',
    `<form method="post"><label>Your registration token
<input name="token" required autofocus autocomplete="off" spellcheck="false"></label>${alertOf(failure)}
<button>Go on</button></form>`,
  );

/** Asks for nothing but a click. */
export const dummyPage = (failure?: string): Page =>
  page('One more step', `<form method="post">${alertOf(failure)}<button>Go on</button></form>`);

/** Tells the client that the stage is done. @see https://spec.matrix.org/v1.19/client-server-api/#fallback */
export const donePage = (): Page =>
  page('Thank you', `<p>You may now close this window and return to the application.</p><script>${DONE}</script>`);

import { createHash } from 'node:crypto';
import { Reply } from '../../http/endpoint.js';

/** The languages that pages and e-mails are written in. */
export type Language = 'en' | 'de';

/** One text in every language. */
export type Words<T> = Readonly<Record<Language, T>>;

/** A page with the headers that keep it to itself. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PageParts {
  readonly language: Language;
  readonly title: string;
  /** HTML: whatever comes from outside went through `escapeHtml` */
  readonly content: string;
  /** runs where JavaScript is on; no page needs it */
  readonly script?: string;
  /** what the content security policy allows beyond nothing, such as `script-src https://example.com` */
  readonly policy?: string;
}

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto 0; padding: 0 1rem }
input, button { font: inherit; width: 100%; box-sizing: border-box; margin-top: .5rem; padding: .5rem }
li { margin-top: .5rem }
[role=alert] { color: #b00020 }
@media (prefers-color-scheme: dark) { body { background: #1c1b1f; color: #e6e1e5 } a { color: #d0bcff } [role=alert] { color: #ffb4ab } }
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A small page that loads nothing and can be framed by nobody. */
export function page({ language, title, content, script, policy }: PageParts): Page {
  const policies = [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    ...(policy === undefined ? ["form-action 'self'"] : [policy]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'content-security-policy': policies.join('; '),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}</main>${script === undefined ? '' : `<script>${script}</script>`}</body>
</html>
`,
  };
}

/** The page as an answer. */
export const pageReply = ({ html, headers }: Page, status = 200): Reply => new Reply(status, html, headers);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML, between tags and in attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter] ?? '');

const MOST_LANGUAGES = 20;

/** The language that the browser likes best among ours, by its Accept-Language. */
export function languageOf(header: string | undefined): Language {
  const wishes = (header ?? '').split(',', MOST_LANGUAGES).map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find((text) => text !== undefined);
    return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
  });
  const known = wishes.filter(({ language, quality }) => (language === 'en' || language === 'de') && quality > 0);
  return known.sort((a, b) => b.quality - a.quality)[0]?.language === 'de' ? 'de' : 'en';
}

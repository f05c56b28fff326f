import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Language, type Page, page, type Words } from '../pages.js';
import { escapeHtml } from '../pages.js';

interface ConsentWords {
  readonly accept: string;
  readonly accepted: string;
  readonly thanks: string;
  readonly goOn: string;
}

const WORDS: Words<ConsentWords> = {
  en: {
    accept: 'I accept',
    accepted: 'You have accepted this.',
    thanks: 'Thank you',
    goOn: 'You may now close this page and return to the application.',
  },
  de: {
    accept: 'Ich bin einverstanden',
    accepted: 'Du hast dem zugestimmt.',
    thanks: 'Danke',
    goOn: 'Du kannst diese Seite jetzt schließen und zur App zurückkehren.',
  },
};

/** Whom a page is for, as its link says, and what they accepted. */
export interface ConsentReader {
  readonly name: string;
  readonly signature: string;
  readonly version: string;
  readonly hasConsented: boolean;
}

/** Asks, below terms that do not ask themselves. */
export function question(language: Language, { name, signature, version, hasConsented }: ConsentReader): string {
  const words = WORDS[language];
  if (hasConsented) return `<p role="status">${words.accepted}</p>`;
  const hidden = Object.entries({ v: version, u: name, h: signature }).map(
    ([key, value]) => `<input type="hidden" name="${key}" value="${escapeHtml(value)}">`,
  );
  return `<form method="post" action="consent">${hidden.join('')}<button>${words.accept}</button></form>`;
}

/** Says that it is done. */
export const thanksPage = (language: Language): Page =>
  page({ language, title: WORDS[language].thanks, content: `<p>${WORDS[language].goOn}</p>` });

/** A page of the terms: `<language>/<name>.html`, in English at least; undefined when there is none. */
export async function readTerms(folder: string, name: string, language: Language): Promise<string | undefined> {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) return undefined;
  for (const each of new Set([language, 'en'])) {
    try {
      return await readFile(join(folder, each, `${name}.html`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import type { Config } from '../../config/config.js';
import { endpoint, type Endpoint, Reply } from '../../http/endpoint.js';
import { notFound } from '../../spec/errors.js';
import { type Language, languageOf } from './pages.js';

type Terms = NonNullable<Config['registration']['terms']>;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
/** What is for a template engine, as Synapse has one. */
const TEMPLATE_TAGS = /\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}/gs;

/** The terms of this server, for everybody to read; where they are elsewhere, there is no page. Not of the spec. */
export const consentEndpoints = (terms: Terms | undefined): Endpoint[] =>
  terms?.folder === undefined || terms.url !== undefined
    ? []
    : [
        endpoint({
          spec: '-',
          method: 'GET',
          path: '/_matrix/consent',
          auth: 'none',
          query: { v: Type.Optional(Type.String({ maxLength: 100 })) },
          async handle(request) {
            const language = languageOf(request.header('accept-language'));
            const text = await readTerms(terms, request.query.v ?? terms.version, language);
            if (text === undefined) throw notFound('there is no such version of the terms');
            return new Reply(200, text.replaceAll(TEMPLATE_TAGS, ''), HEADERS);
          },
        }),
      ];

/** A file for each version and language, in English at least. */
async function readTerms({ folder = '' }: Terms, version: string, language: Language): Promise<string | undefined> {
  if (!/^[\w.-]+$/.test(version) || version.startsWith('.')) return undefined;
  for (const each of new Set([language, 'en'])) {
    try {
      return await readFile(join(folder, each, `${version}.html`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

import { Type } from 'typebox';
import { endpoint, type Endpoint, Reply } from '../../../http/endpoint.js';
import { missingParam, notFound } from '../../../spec/errors.js';
import { type Language, languageOf, pageReply } from '../pages.js';
import { readForm } from '../read-form.js';
import type { Consents } from './consents.js';
import { type ConsentReader, question, readTerms, thanksPage } from './pages.js';
import { fillIn } from './template.js';

/** Where the terms are, and which are in force. */
interface Terms {
  readonly version: string;
  readonly folder: string;
}

const PATH = '/_matrix/consent';
const SUCCESS = 'success';
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const text = () => Type.Optional(Type.String({ maxLength: 300 }));

/**
 * The terms of this server, for everybody to read, and for those who come by a link of their own to accept. Not of the
 * spec.
 *
 * @param terms undefined: they are elsewhere, or there are none, and then there is no page
 */
export const consentEndpoints = (terms: Terms | undefined, consents: Consents): Endpoint[] =>
  terms ? [reading(terms, consents), accepting(terms, consents)] : [];

const reading = (terms: Terms, consents: Consents) =>
  endpoint({
    spec: '-',
    method: 'GET',
    path: PATH,
    auth: 'none',
    query: { v: text(), u: text(), h: text() },
    async handle(request) {
      const language = languageOf(request.header('accept-language'));
      const { v: version = terms.version, u: name, h: signature } = request.query;
      const reader = name ? await readerOf(consents, { name, signature, version }) : undefined;
      return show(terms, version, language, reader);
    },
  });

const accepting = (terms: Terms, consents: Consents) =>
  endpoint({
    spec: '-',
    method: 'POST',
    path: PATH,
    auth: 'none',
    rawBody: true,
    async handle(request) {
      const form = await readForm(request.stream);
      const [version, name, signature] = ['v', 'u', 'h'].map((key) => form.get(key) ?? undefined);
      if (version === undefined || name === undefined || signature === undefined) throw missingParam('v, u and h');
      const language = languageOf(request.header('accept-language'));
      const userId = await consents.owner(name, signature);
      // What is not there cannot be read, so it cannot be accepted.
      if ((await readTerms(terms.folder, version, language)) === undefined) throw noSuchVersion();
      await consents.give(userId, version);
      const own = await readTerms(terms.folder, SUCCESS, language);
      return own === undefined ? pageReply(thanksPage(language)) : new Reply(200, fillIn(own, {}), HEADERS);
    },
  });

async function readerOf(
  consents: Consents,
  { name, signature, version }: { name: string; signature: string | undefined; version: string },
): Promise<ConsentReader> {
  if (signature === undefined) throw missingParam('h');
  const userId = await consents.owner(name, signature);
  return { name, signature, version, hasConsented: await consents.isGiven(userId, version) };
}

async function show(
  { folder }: Terms,
  version: string,
  language: Language,
  reader: ConsentReader | undefined,
): Promise<Reply> {
  const template = await readTerms(folder, version, language);
  if (template === undefined) throw noSuchVersion();
  const facts = {
    version,
    user: reader?.name ?? '',
    userhmac: reader?.signature ?? '',
    has_consented: reader?.hasConsented ?? false,
    public_version: reader === undefined,
  };
  const asks = !reader || /\{\{-?\s*userhmac/.test(template);
  return new Reply(200, fillIn(template, facts) + (asks ? '' : question(language, reader)), HEADERS);
}

const noSuchVersion = () => notFound('there is no such version of the terms');

import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { endpoint, Reply } from '../../http/endpoint.js';
import { notFound, tooLarge } from '../../spec/errors.js';
import { donePage, dummyPage, type Page, tokenPage } from './auth-fallback.js';
import type { Uia } from './uia.js';
import { StageFailedError } from './uia-stages.js';

const PATH = '/_matrix/client/v3/auth/:authType/fallback/web';
const MOST_BODY = 4096;

/** The stages that have a page. */
const PAGES = new Map<string, (failure?: string) => Page>([
  ['m.login.registration_token', tokenPage],
  ['m.login.dummy', dummyPage],
]);

const params = { authType: Type.String() };
const query = { session: Type.String() };

/**
 * Pages that do a stage for clients that do not know it; the spec has no operation for them, only a chapter.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#fallback
 */
export const authFallbackEndpoints = (uia: Uia) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: PATH,
    r0: true,
    auth: 'none',
    params,
    query,
    async handle({ params, query }) {
      const show = pageOf(params.authType);
      const completed = await uia.completedIn(query.session);
      return html(completed.includes(params.authType) ? donePage() : show());
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: PATH,
    r0: true,
    auth: 'none',
    params,
    query,
    rawBody: true,
    async handle({ params, query, stream }) {
      const show = pageOf(params.authType);
      const form = await readForm(stream);
      try {
        await uia.attempt(query.session, params.authType, { token: form.get('token')?.trim() ?? '' });
      } catch (error) {
        if (!(error instanceof StageFailedError)) throw error;
        return html(show('That is not right. Please try again.'));
      }
      return html(donePage());
    },
  }),
];

const html = ({ html, headers }: Page) => new Reply(200, html, headers);

function pageOf(authType: string) {
  const show = PAGES.get(authType);
  if (!show) throw notFound('there is no page for this type of authentication');
  return show;
}

async function readForm(stream: Readable | undefined): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of stream ?? []) {
    text += String(chunk);
    if (text.length > MOST_BODY) throw tooLarge(`the form is larger than ${MOST_BODY} bytes`);
  }
  return new URLSearchParams(text);
}

import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { notFound } from '../../spec/errors.js';
import { donePage, dummyPage, type FallbackPage, tokenPage } from './auth-fallback.js';
import { languageOf, type Page, pageReply } from './pages.js';
import { readForm } from './read-form.js';
import type { Uia } from './uia.js';
import { StageFailedError } from './uia-stages.js';

const PATH = '/_matrix/client/v3/auth/:authType/fallback/web';

/** The stages that have a page. */
const PAGES = new Map<string, (shown: FallbackPage) => Page>([
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
    async handle(request) {
      const { params, query } = request;
      const show = pageOf(params.authType);
      const language = languageOf(request.header('accept-language'));
      const completed = await uia.completedIn(query.session);
      return pageReply(completed.includes(params.authType) ? donePage(language) : show({ language, failed: false }));
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
    async handle(request) {
      const { params, query } = request;
      const show = pageOf(params.authType);
      const language = languageOf(request.header('accept-language'));
      const form = await readForm(request.stream);
      try {
        await uia.attempt(query.session, params.authType, { token: form.get('token')?.trim() ?? '' });
      } catch (error) {
        if (!(error instanceof StageFailedError)) throw error;
        return pageReply(show({ language, failed: true }));
      }
      return pageReply(donePage(language));
    },
  }),
];

function pageOf(authType: string) {
  const show = PAGES.get(authType);
  if (!show) throw notFound('there is no page for this type of authentication');
  return show;
}

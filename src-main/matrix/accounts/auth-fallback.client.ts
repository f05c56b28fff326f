import { Type } from 'typebox';
import type { Config } from '../../config/config.js';
import { endpoint } from '../../http/endpoint.js';
import { MatrixError, notFound } from '../../spec/errors.js';
import { captchaPage, donePage, dummyPage, type FallbackPage, termsPage, tokenPage } from './auth-fallback.js';
import { languageOf, type Page, pageReply } from './pages.js';
import { readForm } from './read-form.js';
import type { Uia } from './uia.js';
import { StageFailedError } from './uia-stages.js';

const PATH = '/_matrix/client/v3/auth/:authType/fallback/web';

type FallbackPages = ReadonlyMap<string, (shown: FallbackPage) => Page>;

/** The stages that have a page. */
const pagesOf = ({ captcha, terms }: Config['registration'], baseUrl: string): FallbackPages =>
  new Map([
    ['m.login.registration_token', tokenPage],
    ['m.login.dummy', dummyPage],
    ...(captcha ? ([['m.login.recaptcha', captchaPage(captcha)]] as const) : []),
    ...(terms ? ([['m.login.terms', termsPage(terms, baseUrl)]] as const) : []),
  ]);

const params = { authType: Type.String() };
const query = { session: Type.String() };

/**
 * Pages that do a stage for clients that do not know it; the spec has no operation for them, only a chapter.
 *
 * @param baseUrl this server's, with a slash at the end
 * @see https://spec.matrix.org/v1.19/client-server-api/#fallback
 */
export function authFallbackEndpoints(uia: Uia, registration: Config['registration'], baseUrl: string) {
  const pages = pagesOf(registration, baseUrl);
  return [showEndpoint(uia, pages), formEndpoint(uia, pages)];
}

const showEndpoint = (uia: Uia, pages: FallbackPages) =>
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
      const show = pageOf(pages, params.authType);
      const language = languageOf(request.header('accept-language'));
      const completed = await uia.completedIn(query.session);
      return pageReply(completed.includes(params.authType) ? donePage(language) : show({ language, failed: false }));
    },
  });

const formEndpoint = (uia: Uia, pages: FallbackPages) =>
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
      const show = pageOf(pages, params.authType);
      const language = languageOf(request.header('accept-language'));
      const form = await readForm(request.stream);
      try {
        await uia.attempt(query.session, params.authType, answerIn(form));
      } catch (error) {
        if (!(error instanceof StageFailedError || isUnanswered(error))) throw error;
        return pageReply(show({ language, failed: true }));
      }
      return pageReply(donePage(language));
    },
  });

/** What the client would send in `auth`. */
const answerIn = (form: URLSearchParams) => ({
  token: form.get('token')?.trim() ?? '',
  response: form.get('g-recaptcha-response') ?? '',
});

/** Somebody went on without solving the riddle. */
const isUnanswered = (error: unknown) => error instanceof MatrixError && error.errcode === 'M_CAPTCHA_NEEDED';

function pageOf(pages: FallbackPages, authType: string) {
  const show = pages.get(authType);
  if (!show) throw notFound('there is no page for this type of authentication');
  return show;
}

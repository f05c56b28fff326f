import { Type } from 'typebox';
import { endpoint, Reply } from '../../../http/endpoint.js';
import { type Language, languageOf, pageReply } from '../pages.js';
import { readForm } from '../read-form.js';
import type { Validation } from './validation.js';
import { donePage, failedPage, type LinkParts, resetPage } from './validation-pages.js';

const query = {
  sid: Type.String({ maxLength: 255 }),
  client_secret: Type.String({ maxLength: 255 }),
  token: Type.String({ maxLength: 255 }),
};

const RESET_PATH = '/_synapse/client/password_reset/email/submit_token';

/** Where the links in e-mails lead, at the addresses that Synapse has for them. The spec leaves them to the server. */
export const validationPages = (validation: Validation) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: RESET_PATH,
    auth: 'none',
    query,
    async handle(request) {
      const { sid, client_secret: clientSecret, token } = request.query;
      return pageReply(resetPage(languageOf(request.header('accept-language')), { sid, clientSecret, token }));
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: RESET_PATH,
    auth: 'none',
    rawBody: true,
    async handle(request) {
      const form = await readForm(request.stream);
      const text = (name: string) => form.get(name) ?? '';
      const link = { sid: text('sid'), clientSecret: text('client_secret'), token: text('token') };
      return follow(validation, link, languageOf(request.header('accept-language')));
    },
  }),
  ...['registration', 'add_threepid'].map((name) =>
    endpoint({
      spec: '-',
      method: 'GET',
      path: `/_matrix/client/unstable/${name}/email/submit_token`,
      auth: 'none',
      query,
      async handle(request) {
        const { sid, client_secret: clientSecret, token } = request.query;
        const language = languageOf(request.header('accept-language'));
        return follow(validation, { sid, clientSecret, token }, language);
      },
    }),
  ),
];

async function follow(validation: Validation, link: LinkParts, language: Language): Promise<Reply> {
  const session = await validation.submit(link, link.token);
  if (!session) return pageReply(failedPage(language), 400);
  if (session.nextLink === undefined) return pageReply(donePage(language));
  return new Reply(302, undefined, { location: new URL(session.nextLink).href, 'referrer-policy': 'no-referrer' });
}

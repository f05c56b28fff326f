import type { Config } from '../../config/config.js';
import { endpoint, Reply, type RequestContext } from '../../http/endpoint.js';
import { languageOf, pageReply } from './pages.js';
import { loginPage, startPage } from './start-pages.js';

type StartConfig = Pick<Config, 'serverName' | 'passwords' | 'webClient'>;

const STATIC = '/_matrix/static/';
const languageFor = (request: RequestContext) => languageOf(request.header('accept-language'));

/** What is behind the server's address for people with a browser; the spec has only the page to sign in, as a chapter. */
export const startPageEndpoints = ({ serverName, passwords, webClient }: StartConfig) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/',
    auth: 'none',
    handle: async () => new Reply(302, undefined, { location: webClient ?? STATIC }),
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/static/',
    auth: 'none',
    handle: async (request) => pageReply(startPage(languageFor(request), serverName)),
  }),
  ...(passwords.enabled
    ? [
        endpoint({
          spec: '-',
          method: 'GET',
          path: '/_matrix/static/client/login/',
          auth: 'none',
          handle: async (request) => pageReply(loginPage(languageFor(request))),
        }),
      ]
    : []),
];

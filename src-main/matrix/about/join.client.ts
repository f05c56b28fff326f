import { Type } from 'typebox';
import type { ServerName } from '../../spec/ids.js';
import { endpoint, Reply } from '../../http/endpoint.js';
import { readPageFile } from '../../http/page-files.js';
import { notFound } from '../../spec/errors.js';

/**
 * The page that an invitation's link leads to, where somebody makes their account: `/join/#<token>`. The token is
 * behind the `#`, so it reaches no log. None of it is the spec's; the page itself uses the client API only.
 *
 * @param pages the built pages; undefined: there is none, and no route
 */
export const joinEndpoints = (serverName: ServerName, pages: string | undefined) =>
  pages === undefined
    ? []
    : [invitation(serverName), startPage(pages), passwordPage(pages), picture(pages), asset(pages)];

/** What the page says of the server before anybody has an account. */
const invitation = (serverName: ServerName) =>
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/join/server',
    auth: 'none',
    handle: async () => ({ server_name: serverName }),
  });

const startPage = (pages: string) =>
  endpoint({ spec: '-', method: 'GET', path: '/join/', auth: 'none', handle: () => file(pages, '/join.html') });

/** Where somebody chooses a new password, by a link of an administrator's: `/join/password#<token>`. */
const passwordPage = (pages: string) =>
  endpoint({ spec: '-', method: 'GET', path: '/join/password', auth: 'none', handle: () => file(pages, '/join.html') });

const picture = (pages: string) =>
  endpoint({ spec: '-', method: 'GET', path: '/join/icon.svg', auth: 'none', handle: () => file(pages, '/icon.svg') });

const asset = (pages: string) =>
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/join/assets/:name',
    auth: 'none',
    params: { name: Type.String() },
    handle: ({ params }) => file(pages, `/assets/${encodeURIComponent(params.name)}`),
  });

async function file(pages: string, path: string): Promise<Reply> {
  const page = await readPageFile(pages, path, "'self'");
  if (!page) throw notFound('there is no such page');
  return new Reply(200, page.body, page.headers);
}

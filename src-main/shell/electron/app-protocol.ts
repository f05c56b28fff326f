import { protocol } from 'electron';
import { protectiveHeaders, readPageFile } from '../../http/page-files.js';

const SCHEME = 'app';
/** Where the console's pages live: an origin of their own that is no file and no network. */
export const CONSOLE_ORIGIN = `${SCHEME}://console`;

/** To be called before the app is ready. */
export function declareAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: false, corsEnabled: false };
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
}

/** Serves the built console from `pages`: GET only, nothing outside that folder, every answer with its policy. */
export function serveAppScheme(pages: string): void {
  protocol.handle(SCHEME, (request) => answer(request, pages));
}

async function answer(request: Request, pages: string): Promise<Response> {
  const { host, pathname } = new URL(request.url);
  if (request.method !== 'GET') return refusal(405);
  if (host !== 'console') return refusal(404);
  const page = await readPageFile(pages, pathname, "'none'");
  return page ? new Response(page.body, { headers: page.headers }) : refusal(404);
}

const refusal = (status: number) => new Response(null, { status, headers: protectiveHeaders("'none'") });

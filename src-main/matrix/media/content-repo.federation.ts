import { Type } from 'typebox';
import { type Endpoint, endpoint, type RequestContext } from '../../http/endpoint.js';
import { intParam } from '../../http/shapes.js';
import { notFound } from '../../spec/errors.js';
import type { ServerName } from '../../spec/ids.js';
import type { FileStore } from '../../storage/file-store.js';
import { boolParam } from '../../http/shapes.js';
import type { ContentRepo } from './content-repo.js';
import { contentDisposition } from './disposition.js';
import type { Download } from './downloads.js';
import { multipartReply } from './multipart.js';
import type { Thumbnails } from './thumbnails.js';

const MEDIA = '/_matrix/federation/v1/media';
const LONGEST_WAIT = 60_000;

const params = { mediaId: Type.String() };
const waiting = { timeout_ms: intParam({ min: 0, max: LONGEST_WAIT, default: 20_000 }) };

interface Deps {
  readonly serverName: ServerName;
  readonly content: ContentRepo;
  readonly thumbnails: Thumbnails;
  readonly files: FileStore;
}

/** What our users uploaded, for other servers. */
export const mediaFederationEndpoints = (deps: Deps): Endpoint[] => [
  endpoint({
    spec: 'server-server/content_repository.yaml#getContent',
    method: 'GET',
    path: `${MEDIA}/download/:mediaId`,
    auth: 'server',
    params,
    query: waiting,
    handle: async (request) => give(deps, await find(deps, request)),
  }),
  endpoint({
    spec: 'server-server/content_repository.yaml#getContentThumbnail',
    method: 'GET',
    path: `${MEDIA}/thumbnail/:mediaId`,
    auth: 'server',
    params,
    query: {
      ...waiting,
      width: Type.Integer({ minimum: 1, maximum: 100_000 }),
      height: Type.Integer({ minimum: 1, maximum: 100_000 }),
      method: Type.Union([Type.Literal('crop'), Type.Literal('scale')], { default: 'scale' }),
      animated: boolParam(),
    },
    async handle(request) {
      const { query } = request;
      const made = await deps.thumbnails.get(await find(deps, request), query, query.animated);
      return give(deps, { ...made, name: `thumbnail.${made.contentType.slice('image/'.length)}` });
    },
  }),
];

interface MediaRequest extends RequestContext {
  readonly params: { readonly mediaId: string };
  readonly query: { readonly timeout_ms: number };
}

const find = ({ content, serverName: server }: Deps, { params: { mediaId }, query, signal }: MediaRequest) =>
  content.find({ server, mediaId }, { wait: query.timeout_ms, signal });

async function give({ files }: Deps, { hash, size, contentType, name }: Download) {
  const stream = await files.read(hash);
  if (!stream) throw notFound('this media is gone');
  return multipartReply(stream, size, {
    'Content-Type': contentType,
    'Content-Disposition': contentDisposition(contentType, name),
  });
}

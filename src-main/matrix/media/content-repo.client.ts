import { Type } from 'typebox';
import { type Endpoint, endpoint, type RequestContext } from '../../http/endpoint.js';
import { boolParam, intParam } from '../../http/shapes.js';
import { notFound } from '../../spec/errors.js';
import type { FileStore } from '../../storage/file-store.js';
import type { ContentRepo, Upload } from './content-repo.js';
import { download } from './downloads.js';
import { safeName } from './disposition.js';
import type { Thumbnails } from './thumbnails.js';

const MEDIA = '/_matrix/media/v3';
const CLIENT = '/_matrix/client/v1/media';
const LONGEST_WAIT = 60_000;

const address = { serverName: Type.String(), mediaId: Type.String() };
const named = { ...address, fileName: Type.String() };
const waiting = { timeout_ms: intParam({ min: 0, max: LONGEST_WAIT, default: 20_000 }) };
const openWaiting = { ...waiting, allow_remote: boolParam(true) };
const thumbnail = {
  width: Type.Integer({ minimum: 1, maximum: 100_000 }),
  height: Type.Integer({ minimum: 1, maximum: 100_000 }),
  method: Type.Union([Type.Literal('crop'), Type.Literal('scale')], { default: 'scale' }),
  animated: boolParam(),
};

interface Deps {
  readonly content: ContentRepo;
  readonly thumbnails: Thumbnails;
  readonly files: FileStore;
}

/** Putting content on the server. */
export const uploadEndpoints = ({ content }: Deps): Endpoint[] => [
  endpoint({
    spec: 'client-server/content-repo.yaml#uploadContent',
    method: 'POST',
    path: `${MEDIA}/upload`,
    aliases: ['/_matrix/media/v1/upload'],
    r0: true,
    auth: 'user',
    denySuspended: true,
    query: { filename: Type.Optional(Type.String()) },
    rawBody: true,
    handle: async (request) => ({
      content_uri: await content.upload(request.caller.userId, toUpload(request, request.query.filename)),
    }),
  }),
  endpoint({
    spec: 'client-server/content-repo.yaml#createContent',
    method: 'POST',
    path: '/_matrix/media/v1/create',
    auth: 'user',
    denySuspended: true,
    async handle({ caller }) {
      const { uri, expires } = await content.create(caller.userId);
      return { content_uri: uri, unused_expires_at: expires };
    },
  }),
  endpoint({
    spec: 'client-server/content-repo.yaml#uploadContentToMXC',
    method: 'PUT',
    path: `${MEDIA}/upload/:serverName/:mediaId`,
    auth: 'user',
    denySuspended: true,
    params: address,
    query: { filename: Type.Optional(Type.String()) },
    rawBody: true,
    async handle(request) {
      const { serverName: server, mediaId } = request.params;
      await content.uploadTo(request.caller.userId, { server, mediaId }, toUpload(request, request.query.filename));
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/authed-content-repo.yaml#getConfigAuthed',
    method: 'GET',
    path: `${CLIENT}/config`,
    auth: 'guest',
    handle: async () => ({ 'm.upload.size': content.maxUploadSize }),
  }),
  endpoint({
    spec: 'client-server/content-repo.yaml#getConfig',
    method: 'GET',
    path: `${MEDIA}/config`,
    aliases: ['/_matrix/media/v1/config'],
    r0: true,
    auth: 'guest',
    handle: async () => ({ 'm.upload.size': content.maxUploadSize }),
  }),
];

/** Getting content with a token, which is how clients do it since v1.11. */
export const downloadEndpoints = (deps: Deps): Endpoint[] => [
  endpoint({
    spec: 'client-server/authed-content-repo.yaml#getContentAuthed',
    method: 'GET',
    path: `${CLIENT}/download/:serverName/:mediaId`,
    auth: 'guest',
    params: address,
    query: waiting,
    handle: (request) => sendContent(deps, request, true, undefined),
  }),
  endpoint({
    spec: 'client-server/authed-content-repo.yaml#getContentOverrideNameAuthed',
    method: 'GET',
    path: `${CLIENT}/download/:serverName/:mediaId/:fileName`,
    auth: 'guest',
    params: named,
    query: waiting,
    handle: (request) => sendContent(deps, request, true, request.params.fileName),
  }),
  endpoint({
    spec: 'client-server/authed-content-repo.yaml#getContentThumbnailAuthed',
    method: 'GET',
    path: `${CLIENT}/thumbnail/:serverName/:mediaId`,
    auth: 'guest',
    params: address,
    query: { ...waiting, ...thumbnail },
    handle: (request) => sendThumbnail(deps, request, true),
  }),
];

/**
 * The paths of before v1.11, for whoever knows the address. Where they are frozen they know of nothing: all that is here
 * was uploaded since.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repository
 */
export const openDownloadEndpoints = (deps: Deps & { readonly isFrozen: boolean }): Endpoint[] => [
  endpoint({
    spec: 'client-server/content-repo.yaml#getContent',
    method: 'GET',
    path: `${MEDIA}/download/:serverName/:mediaId`,
    aliases: ['/_matrix/media/v1/download/:serverName/:mediaId'],
    r0: true,
    auth: 'none',
    params: address,
    query: openWaiting,
    handle: (request) => thawed(deps, () => sendContent(deps, request, false, undefined)),
  }),
  endpoint({
    spec: 'client-server/content-repo.yaml#getContentOverrideName',
    method: 'GET',
    path: `${MEDIA}/download/:serverName/:mediaId/:fileName`,
    aliases: ['/_matrix/media/v1/download/:serverName/:mediaId/:fileName'],
    r0: true,
    auth: 'none',
    params: named,
    query: openWaiting,
    handle: (request) => thawed(deps, () => sendContent(deps, request, false, request.params.fileName)),
  }),
  endpoint({
    spec: 'client-server/content-repo.yaml#getContentThumbnail',
    method: 'GET',
    path: `${MEDIA}/thumbnail/:serverName/:mediaId`,
    aliases: ['/_matrix/media/v1/thumbnail/:serverName/:mediaId'],
    r0: true,
    auth: 'none',
    params: address,
    query: { ...openWaiting, ...thumbnail },
    handle: (request) => thawed(deps, () => sendThumbnail(deps, request, false)),
  }),
];

/** @throws MatrixError M_NOT_FOUND */
async function thawed<T>({ isFrozen }: { readonly isFrozen: boolean }, send: () => Promise<T>): Promise<T> {
  if (isFrozen) throw notFound('media are given out with an access token only');
  return send();
}

function toUpload(request: RequestContext, name: string | undefined): Upload {
  const length = request.header('content-length');
  if (!request.stream) throw new Error('the body of an upload was read already');
  return {
    stream: request.stream,
    contentType: request.header('content-type'),
    name,
    length: length === undefined ? undefined : Number(length),
  };
}

interface MediaRequest extends RequestContext {
  readonly params: { readonly serverName: string; readonly mediaId: string };
  readonly query: { readonly timeout_ms: number; readonly allow_remote?: boolean };
}

const find = ({ content }: Deps, { params, query, signal, address: asker }: MediaRequest) =>
  content.find(
    { server: params.serverName, mediaId: params.mediaId },
    { wait: query.timeout_ms, signal, address: asker, isRemoteAllowed: query.allow_remote !== false },
  );

async function sendContent(deps: Deps, request: MediaRequest, isPrivate: boolean, name: string | undefined) {
  const found = await find(deps, request);
  const file = { ...found, name: safeName(name) ?? found.name };
  return download(deps.files, file, { isPrivate, header: (each) => request.header(each) });
}

interface ThumbnailRequest extends MediaRequest {
  readonly query: MediaRequest['query'] & {
    readonly width: number;
    readonly height: number;
    readonly method: 'crop' | 'scale';
    readonly animated: boolean;
  };
}

async function sendThumbnail(deps: Deps, request: ThumbnailRequest, isPrivate: boolean) {
  const { animated } = request.query;
  const made = await deps.thumbnails.get(await find(deps, request), request.query, animated);
  const file = { ...made, name: `thumbnail.${made.contentType.slice('image/'.length)}` };
  return download(deps.files, file, { isPrivate, header: (each) => request.header(each) });
}

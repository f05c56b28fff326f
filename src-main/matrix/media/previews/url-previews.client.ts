import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { intParam } from '../../../http/shapes.js';
import type { UrlPreviews } from './url-previews.js';

// A newer preview than asked for is always good, so `ts` is read and not looked at.
const query = { url: Type.String(), ts: intParam() };

export const urlPreviewEndpoints = (previews: UrlPreviews) => [
  endpoint({
    spec: 'client-server/authed-content-repo.yaml#getUrlPreviewAuthed',
    method: 'GET',
    path: '/_matrix/client/v1/media/preview_url',
    auth: 'user',
    query,
    handle: ({ caller, query: asked }) => previews.preview(caller.userId, asked.url),
  }),
  endpoint({
    spec: 'client-server/content-repo.yaml#getUrlPreview',
    method: 'GET',
    path: '/_matrix/media/v3/preview_url',
    aliases: ['/_matrix/media/v1/preview_url'],
    r0: true,
    auth: 'user',
    query,
    handle: ({ caller, query: asked }) => previews.preview(caller.userId, asked.url),
  }),
];

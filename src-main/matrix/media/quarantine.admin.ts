import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import type { ContentRepo } from './content-repo.js';

const PATH = '/_synapse/admin/v1/media';
const params = { serverName: Type.String(), mediaId: Type.String() };

/** Taking media out of everybody's sight. Synapse's admin endpoints, not the spec's. */
export const quarantineEndpoints = (content: ContentRepo) => [
  endpoint({
    spec: '-',
    method: 'POST',
    path: `${PATH}/quarantine/:serverName/:mediaId`,
    auth: 'admin',
    params,
    async handle({ caller, params }) {
      await content.setQuarantined({ server: params.serverName, mediaId: params.mediaId }, caller.userId);
      return {};
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: `${PATH}/unquarantine/:serverName/:mediaId`,
    auth: 'admin',
    params,
    async handle({ params }) {
      await content.setQuarantined({ server: params.serverName, mediaId: params.mediaId }, undefined);
      return {};
    },
  }),
];

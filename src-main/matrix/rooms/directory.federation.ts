import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { invalidParam, notFound } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { ServerName } from '../../spec/ids.js';
import { roomAlias } from '../../spec/shapes.js';
import type { Directory } from './directory.js';

/** The aliases of this server, for other servers. */
export const directoryFederationEndpoints = (directory: Directory, { serverName }: { serverName: ServerName }) => [
  endpoint({
    spec: 'server-server/query.yaml#queryRoomDirectory',
    method: 'GET',
    path: '/_matrix/federation/v1/query/directory',
    auth: 'server',
    query: { room_alias: roomAlias },
    async handle({ query }) {
      if (!isOnServer(query.room_alias, serverName)) throw invalidParam('that alias is of another server');
      const { roomId, servers } = await directory.resolve(query.room_alias);
      return { room_id: roomId, servers };
    },
  }),
  endpoint({
    spec: 'server-server/query.yaml#queryInfo',
    method: 'GET',
    path: '/_matrix/federation/v1/query/:queryType',
    auth: 'server',
    params: { queryType: Type.String() },
    async handle({ params }) {
      throw notFound(`there is nothing to be asked under ${params.queryType.slice(0, 100)}`);
    },
  }),
];

import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { intParam, safeInteger } from '../../http/shapes.js';
import { serverName } from '../../spec/shapes.js';
import type { Notary } from './notary.js';

const PATH = '/_matrix/key/v2/query';
const query = { minimum_valid_until_ts: intParam() };
const criteria = Type.Object({ minimum_valid_until_ts: Type.Optional(safeInteger()) });

/** Keys of other servers. Older servers name one key in the path. */
export const notaryEndpoints = (notary: Notary) => [
  endpoint({
    spec: 'server-server/keys_query.yaml#perspectivesKeyQuery',
    method: 'GET',
    path: `${PATH}/:serverName`,
    auth: 'none',
    params: { serverName },
    query,
    async handle({ params: { serverName: server }, query: { minimum_valid_until_ts: minimumValidUntil } }) {
      return { server_keys: await notary.answers([{ server, keyIds: [], minimumValidUntil }]) };
    },
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: `${PATH}/:serverName/:keyId`,
    auth: 'none',
    params: { serverName, keyId: Type.String() },
    query,
    async handle({ params: { serverName: server, keyId }, query: { minimum_valid_until_ts: minimumValidUntil } }) {
      return { server_keys: await notary.answers([{ server, keyIds: [keyId], minimumValidUntil }]) };
    },
  }),
  endpoint({
    spec: 'server-server/keys_query.yaml#bulkPerspectivesKeyQuery',
    method: 'POST',
    path: PATH,
    auth: 'none',
    body: Type.Object({ server_keys: Type.Record(Type.String(), Type.Record(Type.String(), criteria)) }),
    async handle({ body }) {
      const questions = Object.entries(body.server_keys).map(([server, wanted]) => {
        const minima = Object.values(wanted).map(({ minimum_valid_until_ts: until }) => until);
        const known = minima.filter((until) => until !== undefined);
        return {
          server,
          keyIds: Object.keys(wanted),
          minimumValidUntil: known.length === 0 ? undefined : Math.max(...known),
        };
      });
      return { server_keys: await notary.answers(questions) };
    },
  }),
];

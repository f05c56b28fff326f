import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { intParam, safeInteger } from '../../http/shapes.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { serverName } from '../../spec/shapes.js';
import { MOST_SERVERS, type Notary } from './notary.js';

const PATH = '/_matrix/key/v2/query';
const query = { minimum_valid_until_ts: intParam() };
const criteria = Type.Object({ minimum_valid_until_ts: Type.Optional(safeInteger()) });

/** Keys of other servers. Older servers name one key in the path. */
export const notaryEndpoints = (notary: Notary, limit: RateLimiter) => [
  endpoint({
    spec: 'server-server/keys_query.yaml#perspectivesKeyQuery',
    method: 'GET',
    path: `${PATH}/:serverName`,
    auth: 'none',
    params: { serverName },
    query,
    async handle({ params: { serverName: server }, query: { minimum_valid_until_ts: minimumValidUntil }, address }) {
      limit.take(address);
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
    async handle({ params, query: { minimum_valid_until_ts: minimumValidUntil }, address }) {
      const { serverName: server, keyId } = params;
      limit.take(address);
      return { server_keys: await notary.answers([{ server, keyIds: [keyId], minimumValidUntil }]) };
    },
  }),
  endpoint({
    spec: 'server-server/keys_query.yaml#bulkPerspectivesKeyQuery',
    method: 'POST',
    path: PATH,
    auth: 'none',
    body: Type.Object({ server_keys: Type.Record(Type.String(), Type.Record(Type.String(), criteria)) }),
    async handle({ body, address }) {
      const asked = Object.entries(body.server_keys).slice(0, MOST_SERVERS);
      limit.take(address, Math.max(1, asked.length));
      const questions = asked.map(([server, wanted]) => {
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

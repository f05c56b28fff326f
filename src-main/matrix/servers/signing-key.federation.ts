import { Type } from 'typebox';
import { endpoint, type RequestContext } from '../../http/endpoint.js';
import type { KeyAnswer } from './key-answer.js';
import type { KeyVisits } from './key-visits.js';

const PATH = '/_matrix/key/v2/server';

/** Our own keys. Older servers name one key in the path; they get the same answer. */
export const signingKeyEndpoints = (answer: KeyAnswer, visits: KeyVisits) => {
  const handle = async (visitor: RequestContext) => {
    visits.note(visitor);
    return answer.current();
  };
  return [
    endpoint({
      spec: 'server-server/keys_server.yaml#getServerKey',
      method: 'GET',
      path: PATH,
      aliases: [`${PATH}/`],
      auth: 'none',
      handle,
    }),
    endpoint({
      spec: '-',
      method: 'GET',
      path: `${PATH}/:keyId`,
      auth: 'none',
      params: { keyId: Type.String() },
      handle,
    }),
  ];
};

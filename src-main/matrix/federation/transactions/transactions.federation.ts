import { Type } from 'typebox';
import type { JsonValue } from '../../../base/json.js';
import { endpoint } from '../../../http/endpoint.js';
import { badJson } from '../../../spec/errors.js';
import type { IncomingTransactions } from './incoming-transactions.js';

/** @see https://spec.matrix.org/v1.19/server-server-api/#transactions */
const MOST_PDUS = 50;
const MOST_EDUS = 100;
/** What so many events of the largest size, and as many EDUs again, can take. */
const MOST_BYTES = 13_000_000;

const anything = Type.Unsafe<JsonValue>({});

export const transactionEndpoints = (transactions: IncomingTransactions) => [
  endpoint({
    spec: 'server-server/transactions.yaml#sendTransaction',
    method: 'PUT',
    path: '/_matrix/federation/v1/send/:txnId',
    auth: 'server',
    params: { txnId: Type.String({ maxLength: 255 }) },
    body: Type.Object({ pdus: Type.Array(anything), edus: Type.Optional(Type.Array(anything)) }),
    maxBody: MOST_BYTES,
    ownTurns: true,
    async handle({ caller, params, body }) {
      const { pdus, edus = [] } = body;
      if (pdus.length > MOST_PDUS || edus.length > MOST_EDUS) {
        throw badJson(`a transaction has at most ${MOST_PDUS} PDUs and ${MOST_EDUS} EDUs`);
      }
      const results = await transactions.receive({ origin: caller.server, txnId: params.txnId, pdus, edus });
      return { pdus: results };
    },
  }),
];

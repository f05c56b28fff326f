import { endpoint, Reply } from '../../../http/endpoint.js';
import { boolParam, listParam } from '../../../http/shapes.js';
import { eventId, jsonObject, roomId, userId } from '../../../spec/shapes.js';
import type { JoinState } from './join-state.js';
import type { MakeMembership } from './make-membership.js';
import type { SendMembership } from './send-membership.js';

const V1 = '/_matrix/federation/v1';
const V2 = '/_matrix/federation/v2';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Services {
  readonly make: MakeMembership;
  readonly send: SendMembership;
  readonly joinState: JoinState;
}

/** Users of other servers come into rooms that this server is in. */
export const joinEndpoints = ({ make, send, joinState }: Services) => [
  endpoint({
    spec: 'server-server/joins-v1.yaml#makeJoin',
    method: 'GET',
    path: `${V1}/make_join/:roomId/:userId`,
    auth: 'server',
    params: { roomId, userId },
    query: { ver: listParam() },
    async handle({ caller, params, query }) {
      // Who says nothing knows the first version only.
      const versions = query.ver.length === 0 ? ['1'] : query.ver;
      return make.make({ ...params, asking: 'join', origin: caller.server, versions });
    },
  }),
  endpoint({
    spec: 'server-server/joins-v2.yaml#sendJoinV2',
    method: 'PUT',
    path: `${V2}/send_join/:roomId/:eventId`,
    auth: 'server',
    params: { roomId, eventId },
    query: { omit_members: boolParam() },
    body: jsonObject,
    async handle({ caller, params, query, body: event, canonicalNumbers }) {
      const sent = { ...params, asking: 'join', origin: caller.server, event, canonicalNumbers } as const;
      const join = await send.take(sent);
      return new Reply(200, await joinState.answer(join, query.omit_members), JSON_TYPE);
    },
  }),
  endpoint({
    spec: '-',
    method: 'PUT',
    path: `${V1}/send_join/:roomId/:eventId`,
    auth: 'server',
    params: { roomId, eventId },
    body: jsonObject,
    async handle({ caller, params, body: event, canonicalNumbers }) {
      const sent = { ...params, asking: 'join', origin: caller.server, event, canonicalNumbers } as const;
      const join = await send.take(sent);
      return new Reply(200, await joinState.oldAnswer(join), JSON_TYPE);
    },
  }),
];

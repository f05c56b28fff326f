import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { intParam } from '../../../http/shapes.js';
import type { EphemeralSource } from '../ports.js';
import type { SlidingRequest } from './request.js';
import { PRESENCES, type PresenceWish } from './shapes.js';
import type { SlidingSync } from './sliding-sync.js';
import { readUnstable, unstableBody, writeUnstable } from './unstable-dialect.js';
import { presenceOf, readV4, v4Body, writeV4 } from './v4-dialect.js';

/** Accepted, and not yet in a released spec: there is no operation to name. */
const spec = '-';

export function slidingEndpoints(sync: SlidingSync, ephemeral: EphemeralSource) {
  /** The user counts as present while their client waits. */
  const run = async (request: SlidingRequest, presence: PresenceWish, signal: AbortSignal) => {
    const leave = ephemeral.polls(request.viewer.userId, presence);
    try {
      return await sync.run(request, signal);
    } finally {
      leave();
    }
  };
  return [
    endpoint({
      spec,
      method: 'POST',
      path: '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync',
      auth: 'guest',
      longPoll: true,
      query: {
        pos: Type.Optional(Type.String()),
        timeout: intParam({ min: 0, default: 0 }),
        set_presence: Type.Union(
          PRESENCES.map((presence) => Type.Literal(presence)),
          { default: 'online' },
        ),
      },
      body: unstableBody,
      async handle({ caller, query, body, signal }) {
        const { userId, deviceId } = caller;
        const request = readUnstable({ userId, deviceId }, body, { pos: query.pos, timeout: query.timeout });
        return writeUnstable(await run(request, query.set_presence, signal), body.txn_id);
      },
    }),
    endpoint({
      spec,
      method: 'POST',
      path: '/_matrix/client/v4/sync',
      auth: 'guest',
      longPoll: true,
      body: v4Body,
      async handle({ caller, body, signal }) {
        const { userId, deviceId } = caller;
        return writeV4(await run(readV4({ userId, deviceId }, body), presenceOf(body), signal));
      },
    }),
  ];
}

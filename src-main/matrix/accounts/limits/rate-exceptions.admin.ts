import { Type } from 'typebox';
import type { RateLimit } from '../../../config/config.js';
import { endpoint } from '../../../http/endpoint.js';
import { userId } from '../../../spec/shapes.js';
import type { UserRateExceptions } from './rate-exceptions.js';

const PATH = '/_synapse/admin/v1/users/:userId/override_ratelimit';
const amount = () => Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 }));

/** Other limits for single users. Synapse's admin endpoints, not the spec's. */
export const rateExceptionEndpoints = (exceptions: UserRateExceptions) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: PATH,
    auth: 'admin',
    params: { userId },
    handle: async ({ params }) => shown(await exceptions.of(params.userId)),
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: PATH,
    auth: 'admin',
    params: { userId },
    body: Type.Object({ messages_per_second: amount(), burst_count: amount() }),
    bodyOptional: true,
    badBody: 'M_INVALID_PARAM',
    async handle({ params, body }) {
      const rate = { perSecond: body.messages_per_second ?? 0, burst: body.burst_count ?? 0 };
      await exceptions.set(params.userId, rate);
      return shown(rate);
    },
  }),
  endpoint({
    spec: '-',
    method: 'DELETE',
    path: PATH,
    auth: 'admin',
    params: { userId },
    async handle({ params }) {
      await exceptions.set(params.userId, undefined);
      return {};
    },
  }),
];

const shown = (rate: RateLimit | undefined) =>
  rate ? { messages_per_second: rate.perSecond, burst_count: rate.burst } : {};

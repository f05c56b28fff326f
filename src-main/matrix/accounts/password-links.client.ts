import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import type { PasswordLinks } from './password-links.js';

const MOST_BODY = 4096;
const token = Type.String({ minLength: 1, maxLength: 128 });

/** What the page behind a link for a new password asks: none of it is the spec's. */
export const passwordLinkEndpoints = (links: PasswordLinks, limit: RateLimiter, serverName: string) => [
  endpoint({
    spec: '-',
    method: 'POST',
    path: '/join/password/check',
    auth: 'none',
    maxBody: MOST_BODY,
    body: Type.Object({ token }),
    async handle({ body, address }) {
      limit.take(address);
      return { user_id: await links.owner(body.token), server_name: serverName };
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: '/join/password/set',
    auth: 'none',
    maxBody: MOST_BODY,
    body: Type.Object({ token, password: Type.String({ minLength: 1, maxLength: 512 }) }),
    async handle({ body, address }) {
      limit.take(address);
      return { user_id: await links.use(body.token, body.password) };
    },
  }),
];

import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import type { UserDirectory } from './user-directory.js';

const MOST_RESULTS = 50;

export const userDirectoryEndpoints = (directory: UserDirectory) => [
  endpoint({
    spec: 'client-server/users.yaml#searchUserDirectory',
    method: 'POST',
    path: '/_matrix/client/v3/user_directory/search',
    r0: true,
    auth: 'user',
    body: Type.Object({
      search_term: Type.String({ maxLength: 1000 }),
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    async handle({ caller, body }) {
      const limit = Math.min(body.limit ?? 10, MOST_RESULTS);
      const { found, isLimited } = await directory.search(caller.userId, body.search_term, limit);
      const results = found.map(({ userId, displayName, avatarUrl }) => ({
        user_id: userId,
        ...(displayName !== undefined && { display_name: displayName }),
        ...(avatarUrl?.startsWith('mxc://') && { avatar_url: avatarUrl }),
      }));
      return { results, limited: isLimited };
    },
  }),
];

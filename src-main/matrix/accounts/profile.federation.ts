import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { forbidden, invalidParam } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { ServerName } from '../../spec/ids.js';
import { userId } from '../../spec/shapes.js';
import type { Profiles } from './profile.js';

interface Settings {
  readonly serverName: ServerName;
  readonly allowProfileLookup: boolean;
}

/** Profiles of our users, for other servers. */
export const profileFederationEndpoints = (profiles: Profiles, settings: Settings) => [
  endpoint({
    spec: 'server-server/query.yaml#queryProfile',
    method: 'GET',
    path: '/_matrix/federation/v1/query/profile',
    auth: 'server',
    query: { user_id: userId, field: Type.Optional(Type.String()) },
    async handle({ query }) {
      if (!settings.allowProfileLookup) throw forbidden('this server does not tell profiles to other servers');
      if (!isOnServer(query.user_id, settings.serverName)) throw invalidParam('that user is of another server');
      if (query.field === undefined) return profiles.get(query.user_id);
      return profiles.oneField(query.user_id, query.field);
    },
  }),
];

import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { endpoint } from '../../http/endpoint.js';
import { boolParam, intParam } from '../../http/shapes.js';
import { invalidParam } from '../../spec/errors.js';
import { type Filter, filter as filterShape } from '../../spec/event-filter.js';
import type { UserId } from '../../spec/ids.js';
import type { FilterSource, SyncSources } from './ports.js';
import type { Sync } from './sync.js';
import type { SyncContext } from './v2/context.js';
import { parseSyncToken } from './sync-token.js';

const isFilter = Compile(filterShape);

export const syncEndpoints = (sync: Sync, sources: SyncSources) => [
  endpoint({
    spec: 'client-server/sync.yaml#sync',
    method: 'GET',
    path: '/_matrix/client/v3/sync',
    r0: true,
    auth: 'guest',
    longPoll: true,
    query: {
      filter: Type.Optional(Type.String({ maxLength: 65_536 })),
      since: Type.Optional(Type.String()),
      full_state: boolParam(),
      set_presence: Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('unavailable')], {
        default: 'online',
      }),
      timeout: intParam({ min: 0, default: 0 }),
      use_state_after: boolParam(),
      'org.matrix.msc4222.use_state_after': boolParam(),
    },
    async handle({ caller, query, signal }) {
      const since = query.since === undefined || query.since === '' ? undefined : parseSyncToken(query.since);
      if (query.since && !since) throw invalidParam('since is not a token of this server');
      const { userId, deviceId } = caller;
      const request = {
        viewer: { userId, deviceId },
        filter: await filterOf(sources.filters, userId, query.filter),
        since,
        timeout: query.timeout,
        fullState: query.full_state,
        stateKey: stateKeyOf(query),
      };
      const leave = sources.ephemeral.polls(userId, query.set_presence);
      try {
        return await sync.run(request, signal);
      } finally {
        leave();
      }
    },
  }),
];

/** A filter by its id, or written out. @throws MatrixError M_INVALID_PARAM */
async function filterOf(filters: FilterSource, userId: UserId, text: string | undefined): Promise<Filter> {
  if (text === undefined || text === '') return {};
  if (text.startsWith('{')) return inlineFilter(text);
  const stored = await filters.get(userId, text);
  if (!stored) throw invalidParam('there is no filter with this id');
  return stored;
}

function inlineFilter(text: string): Filter {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw Object.assign(invalidParam('filter is not JSON'), { cause: error });
  }
  if (!isFilter.Check(given)) throw invalidParam('filter has the wrong form');
  return given;
}

/** Clients that ask in the unstable spelling read only that. */
function stateKeyOf(query: {
  use_state_after: boolean;
  'org.matrix.msc4222.use_state_after': boolean;
}): SyncContext['stateKey'] {
  if (query.use_state_after) return 'state_after';
  return query['org.matrix.msc4222.use_state_after'] ? 'org.matrix.msc4222.state_after' : 'state';
}

import { Semaphore } from '../../../base/semaphore.js';
import type { JsonObject } from '../../../base/json.js';
import { serverOf } from '../../../spec/grammar.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import { RemoteError } from '../../servers/index.js';

/** What clients are told of servers that did not answer, by their names. */
export type Failures = Readonly<Record<ServerName, JsonObject>>;

/** Servers asked for one request of a client, and how many of them at once. */
const [MOST_SERVERS, AT_ONCE] = [2_000, 500];

/** Users by their servers. */
export const byServer = (userIds: Iterable<UserId>): ReadonlyMap<ServerName, readonly UserId[]> =>
  Map.groupBy(userIds, (userId) => serverOf(userId));

/** Asks servers at the same time; one that does not answer is noted, and holds nobody up. */
export async function askAll(
  servers: Iterable<ServerName>,
  ask: (server: ServerName) => Promise<void>,
): Promise<Failures> {
  const failures: Record<ServerName, JsonObject> = {};
  const places = new Semaphore(AT_ONCE);
  await Promise.all(
    [...servers].slice(0, MOST_SERVERS).map(async (server) => {
      try {
        await places.run(() => ask(server));
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        failures[server] = failureOf(error);
      }
    }),
  );
  return failures;
}

/** The form that clients know from other servers. */
function failureOf({ kind, status, errcode, why }: RemoteError): JsonObject {
  if (kind !== 'answered' || status === undefined) return { status: 503, message: why };
  return { status, message: why, ...(errcode !== undefined && { errcode }) };
}

import type { RoomId, ServerName } from '../../../spec/ids.js';
import { POLICY_KEYS, type PolicyServer, policyServerIn } from '../../../spec/policy-server.js';
import type { RoomReader } from '../../events/index.js';

/**
 * Which policy servers rooms use, by their state now.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#determining-if-a-policy-server-is-enabled-in-a-room
 */
export class RoomPolicies {
  constructor(
    private readonly deps: {
      readonly reader: Pick<RoomReader, 'stateEntries' | 'isServerIn'>;
      readonly serverName: ServerName;
    },
  ) {}

  /** Undefined where the room uses none: none is named well, or nobody of it is in the room. This server is none. */
  async of(roomId: RoomId): Promise<PolicyServer | undefined> {
    const { reader, serverName } = this.deps;
    const entries = await reader.stateEntries(roomId, POLICY_KEYS);
    if (entries.length === 0) return undefined;
    const chosen = entries.find(({ type }) => type === POLICY_KEYS[0]?.[0]) ?? entries[0];
    const policy = chosen && policyServerIn(chosen);
    if (!policy || policy.server === serverName) return undefined;
    return (await reader.isServerIn(roomId, policy.server)) ? policy : undefined;
  }
}

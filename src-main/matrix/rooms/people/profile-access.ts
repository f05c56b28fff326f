import type { Config } from '../../../config/config.js';
import { forbidden, MatrixError } from '../../../spec/errors.js';
import type { UserId } from '../../../spec/ids.js';
import type { RoomReader } from '../../events/index.js';

/** Who may look at whose profile. */
export class ProfileAccess {
  constructor(private readonly deps: { readonly reader: RoomReader; readonly settings: Config['profiles'] }) {}

  /**
   * @param reader undefined for somebody without an account
   * @throws MatrixError M_MISSING_TOKEN where only users of this server may look; M_FORBIDDEN where only people in the
   *   same rooms may
   */
  async require(reader: UserId | undefined, target: UserId): Promise<void> {
    const { requireAuthForRequests, limitToSharedRooms } = this.deps.settings;
    if (reader === undefined) {
      if (!requireAuthForRequests && !limitToSharedRooms) return;
      throw new MatrixError(401, 'M_MISSING_TOKEN', 'profiles are shown to users of this server only');
    }
    if (!limitToSharedRooms || reader === target) return;
    const theirs = new Set(await this.deps.reader.joinedRooms(target));
    const isShared = (await this.deps.reader.joinedRooms(reader)).some((roomId) => theirs.has(roomId));
    if (!isShared) throw forbidden('this profile is shown to people in the same rooms only');
  }
}

import type { Accounts } from '../../matrix/accounts/index.js';
import type { Erasure, Erasures } from '../../matrix/admin/index.js';
import type { PersonErasure } from '../contract.js';
import type { Office } from '../desks/office.js';

export interface ErasureDeskDeps {
  readonly accounts: Pick<Accounts, 'devices' | 'thirdPartyIds'>;
  readonly erasures: Erasures;
}

/** Erasing people, in the console's words. */
export const erasureDesk = ({
  accounts,
  erasures,
}: ErasureDeskDeps): Pick<Office, 'erasePreview' | 'erase' | 'erasures' | 'cancelErasure'> => ({
  async erasePreview(userId) {
    const [{ messages, bytes, kept, rooms, files, fileBytes }, devices, addresses] = await Promise.all([
      erasures.amount(userId),
      accounts.devices.list(userId),
      accounts.thirdPartyIds.list(userId),
    ]);
    return {
      messages,
      messageBytes: bytes,
      kept,
      rooms,
      files,
      fileBytes,
      devices: devices.length,
      addresses: addresses.length,
    };
  },
  erase: async (userId) => toErasure(await erasures.begin(userId)),
  erasures: async (userId) => (await erasures.list(userId)).map(toErasure),
  cancelErasure: (id) => erasures.cancel(id),
});

const toErasure = (erasure: Erasure): PersonErasure => ({
  id: erasure.id,
  userId: erasure.userId,
  state: erasure.state,
  total: erasure.total,
  done: erasure.done,
  kept: erasure.kept,
  files: erasure.files,
  bytes: erasure.bytes,
  startedAt: erasure.started,
  endedAt: erasure.ended,
  error: erasure.error,
});

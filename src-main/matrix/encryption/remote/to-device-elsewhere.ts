import type { JsonObject } from '../../../base/json.js';
import { randomToken } from '../../../base/random.js';
import type { DirectToDeviceEdu } from '../../../spec/edu.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import type { Transaction } from '../../../storage/database.js';
import type { Sending } from '../../federation/index.js';
import type { Addressed, SendKey } from '../to-device.store.js';
import { signable } from '../signed-keys.js';
import { byServer } from './servers-in-parallel.js';

/** Letters of messages in one EDU: so that keys of a room for a large server do not travel as one piece. */
const MOST_LETTERS = 256 * 1024;
const ID_BYTES = 15;

/** An EDU for a server. */
export interface Parcel {
  readonly server: ServerName;
  readonly content: DirectToDeviceEdu;
}

/**
 * Messages to devices of people elsewhere, in parcels for their servers.
 *
 * @throws MatrixError M_BAD_JSON for what cannot be signed, such as a number with a fraction
 */
export function* parcels({ userId: sender, eventType: type }: SendKey, messages: Addressed): Generator<Parcel> {
  for (const [server, userIds] of byServer(messages.keys())) {
    let parcel: Record<UserId, Readonly<Record<string, JsonObject>>> = {};
    let letters = 0;
    for (const userId of userIds) {
      const byDevice = messages.get(userId) ?? {};
      const size = signable(byDevice).length;
      if (letters > 0 && letters + size > MOST_LETTERS) {
        yield { server, content: { sender, type, message_id: randomToken(ID_BYTES), messages: parcel } };
        [parcel, letters] = [{}, 0];
      }
      parcel[userId] = byDevice;
      letters += size;
    }
    if (letters > 0) yield { server, content: { sender, type, message_id: randomToken(ID_BYTES), messages: parcel } };
  }
}

/** Hands parcels over to be sent, as part of the transaction that stores what is for devices here. */
export async function handOver(
  tx: Transaction,
  sending: Pick<Sending, 'storedEdu'>,
  all: readonly Parcel[],
): Promise<void> {
  for (const { server, content } of all) await sending.storedEdu(tx, [server], { type: 'm.direct_to_device', content });
}

import type { JsonObject } from '../../../base/json.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { OutgoingEdu, Sending } from '../../federation/index.js';
import type { DeviceKeys } from '../device-keys.js';
import type { DeviceNews, DeviceUpdate } from '../device-updates.js';
import type { DeviceDirectory, SharedRooms } from '../ports.js';

/** Devices and keys of our users as other servers are told of them: as they are now, whatever the news was about. */
export class DeviceNewsSender {
  constructor(
    private readonly deps: {
      db: Database;
      deviceKeys: DeviceKeys;
      directory: DeviceDirectory;
      rooms: Pick<SharedRooms, 'joinedRooms' | 'serversIn'>;
      sending: Pick<Sending, 'storedEdu'>;
      /** whether the names of devices are told */
      withNames: boolean;
    },
  ) {}

  /** At least once for each news: receivers leave out what they have. */
  async send(news: DeviceNews): Promise<void> {
    const { db } = this.deps;
    const { userId, devices, signingKeys } = news;
    const servers = news.servers ?? (await this.#serversSharing(userId));
    if (servers.length === 0) return;
    const [names, { deviceKeys, crossSigningKeys }] = await Promise.all([
      this.deps.directory.devicesOf([userId]),
      this.deps.deviceKeys.query(undefined, new Map([[userId, new Set()]])),
    ]);
    const keysOf = deviceKeys[userId] ?? {};
    const edus = devices.map((update) => {
      const name = names.get(userId)?.get(update.deviceId);
      const isThere = names.get(userId)?.has(update.deviceId) === true;
      return this.#deviceEdu(userId, update, isThere ? { keys: keysOf[update.deviceId], name } : undefined);
    });
    if (signingKeys) {
      const { master, self_signing } = crossSigningKeys;
      edus.push(signingKeyEdu(userId, master[userId], self_signing[userId]));
    }
    await db.write((tx) => this.#store(tx, servers, edus));
  }

  async #store(tx: Transaction, servers: readonly ServerName[], edus: readonly OutgoingEdu[]): Promise<void> {
    for (const edu of edus) await this.deps.sending.storedEdu(tx, servers, edu);
  }

  async #serversSharing(userId: UserId): Promise<ServerName[]> {
    const { rooms } = this.deps;
    const servers = new Set<ServerName>();
    for (const roomId of await rooms.joinedRooms(userId)) {
      for (const server of await rooms.serversIn(roomId)) servers.add(server);
    }
    return [...servers];
  }

  #deviceEdu(
    userId: UserId,
    { deviceId, streamId, previous }: DeviceUpdate,
    device: { readonly keys: JsonObject | undefined; readonly name: string | undefined } | undefined,
  ): OutgoingEdu {
    const { unsigned: _name, ...keys } = device?.keys ?? {};
    const content = {
      user_id: userId,
      device_id: deviceId,
      stream_id: streamId,
      prev_id: previous === undefined ? [] : [previous],
      ...(!device && { deleted: true }),
      ...(device?.keys && { keys }),
      ...(this.deps.withNames && device?.name !== undefined && { device_display_name: device.name }),
    };
    return { type: 'm.device_list_update', content };
  }
}

function signingKeyEdu(
  userId: UserId,
  master: JsonObject | undefined,
  selfSigning: JsonObject | undefined,
): OutgoingEdu {
  const content = {
    user_id: userId,
    ...(master && { master_key: master }),
    ...(selfSigning && { self_signing_key: selfSigning }),
  };
  return { type: 'm.signing_key_update', content };
}

import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import { tooLarge } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { DeviceId, ServerName, UserId } from '../../spec/ids.js';
import type { Database, Position, Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { Sending } from '../federation/index.js';
import type { DeviceDirectory } from './ports.js';
import { QueueSizes } from './queue-sizes.js';
import { deviceKey, Remembered } from './remembered.js';
import { handOver, parcels } from './remote/to-device-elsewhere.js';
import type { Addressed, AddressedMessage, QueueSpan, SendKey, ToDeviceStore } from './to-device.store.js';

/** Messages for one sync. */
export interface Delivery {
  /** to-device events, as JSON texts, in the order in which they were sent */
  readonly events: readonly string[];
  /**
   * Everything up to here is delivered. Less than the sync asked for when more wait than one reply takes: the next sync
   * must then ask from here, and not from its other position.
   */
  readonly upTo: Position;
}

const MOST_IN_ONE_SYNC = 100;
const MOST_BYTES = 65_536;

/**
 * Messages from device to device: each is kept until the device says, by the token of its next sync, that it has it.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
 */
export class ToDevice {
  readonly #spans: Remembered<QueueSpan>;
  readonly #sizes: QueueSizes;
  readonly #forgetting = new Set<string>();

  constructor(
    private readonly deps: {
      db: Database;
      store: ToDeviceStore;
      directory: DeviceDirectory;
      sending: Pick<Sending, 'storedEdu'>;
      serverName: ServerName;
      caches: Caches;
      clock: Clock;
      log: Logger;
    },
  ) {
    this.#spans = new Remembered(deps.caches.lru('to-device queues', { share: 0.02, entryBytes: 350 }));
    this.#sizes = new QueueSizes(deps);
  }

  /**
   * Sends to devices, once for each `key`: those here get it at once, those of people elsewhere by their servers.
   * Devices that do not exist get nothing.
   *
   * @throws MatrixError M_TOO_LARGE for a message above 65,536 bytes; M_BAD_JSON for one to another server that cannot
   * be signed
   */
  async send(key: SendKey, messages: Addressed): Promise<void> {
    const { db, store, directory, sending, serverName, clock } = this.deps;
    const here = new Map([...messages].filter(([userId]) => isOnServer(userId, serverName)));
    const elsewhere = new Map([...messages].filter(([userId]) => !isOnServer(userId, serverName)));
    checkSizes(key, elsewhere);
    const post = [...parcels(key, elsewhere)];
    const devices = await directory.devicesOf([...here.keys()]);
    const addressed = [...address(key, here, devices)];
    await db.write(async (tx) => {
      if (!(await store.enter(tx, key, clock.now()))) return;
      if (addressed.length > 0) await this.#put(tx, addressed);
      await handOver(tx, sending, post);
    });
  }

  async #put(tx: Transaction, wanted: readonly AddressedMessage[]): Promise<void> {
    const addressed = await this.#sizes.admit(tx, wanted);
    if (addressed.length === 0) return;
    await this.deps.store.put(tx, addressed, tx.position());
    tx.announce(...new Set(addressed.map(({ userId }) => userTopic(userId))));
    this.#spans.forgetAfter(
      tx,
      addressed.map(({ userId, deviceId }) => deviceKey(userId, deviceId)),
    );
  }

  /**
   * What waits for a device after `since`, up to `upTo`. What came before `since` arrived, and is dropped a moment later.
   * Costs nothing while nothing waits.
   *
   * @param since until where the device has everything; 0 when it starts anew
   * @param most messages in one answer
   */
  async pending(
    userId: UserId,
    deviceId: DeviceId,
    since: Position,
    upTo: Position,
    most = MOST_IN_ONE_SYNC,
  ): Promise<Delivery> {
    const { db, store } = this.deps;
    const load = () => store.span(db, userId, deviceId);
    const { oldest, newest } = await this.#spans.get(deviceKey(userId, deviceId), load);
    if (oldest > 0 && oldest <= since) this.#dropArrived(userId, deviceId, since);
    if (newest <= since) return { events: [], upTo };
    const limit = Math.min(most, MOST_IN_ONE_SYNC);
    const found = await store.between(db, userId, deviceId, since, upTo, limit);
    const last = found.length === limit ? found.at(-1) : undefined;
    return { events: found.map(({ message }) => message), upTo: last?.position ?? upTo };
  }

  /** Nobody waits for this: what is not dropped now is dropped at the device's next sync. */
  #dropArrived(userId: UserId, deviceId: DeviceId, since: Position): void {
    const key = deviceKey(userId, deviceId);
    if (this.#forgetting.has(key)) return;
    this.#forgetting.add(key);
    const { db, store, log } = this.deps;
    void db
      .write(async (tx) => {
        await store.removeUpTo(tx, userId, deviceId, since);
        this.#spans.forgetAfter(tx, [key]);
        this.#sizes.forgetAfter(tx, userId, [deviceId]);
      })
      .catch((error: unknown) => log.warn('arrived to-device messages not dropped', { userId, deviceId, error }))
      .finally(() => this.#forgetting.delete(key));
  }

  /** Drops what waits for devices that are gone. */
  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    await this.deps.store.remove(tx, userId, deviceIds);
    this.#sizes.forgetAfter(tx, userId, deviceIds);
    this.#spans.forgetAfter(
      tx,
      deviceIds.map((deviceId) => deviceKey(userId, deviceId)),
    );
  }
}

type Devices = Awaited<ReturnType<DeviceDirectory['devicesOf']>>;

/** One message for each device that there is; one sent to it by name wins over one sent to all. */
function* address(
  { userId: sender, eventType }: SendKey,
  messages: Addressed,
  devices: Devices,
): Generator<AddressedMessage> {
  for (const [userId, byDevice] of messages) {
    const known = devices.get(userId);
    if (!known) continue;
    const texts = new Map<string, string>();
    for (const [deviceId, content] of Object.entries(byDevice)) {
      texts.set(deviceId, text(content, eventType, sender));
    }
    for (const deviceId of known.keys()) {
      const message = texts.get(deviceId) ?? texts.get('*');
      if (message !== undefined) yield { userId, deviceId, message };
    }
  }
}

function checkSizes({ userId: sender, eventType }: SendKey, messages: Addressed): void {
  for (const byDevice of messages.values()) {
    for (const content of Object.values(byDevice)) text(content, eventType, sender);
  }
}

function text(content: JsonObject, type: string, sender: UserId): string {
  const message = JSON.stringify({ content, type, sender });
  if (Buffer.byteLength(message) > MOST_BYTES) throw tooLarge(`a message is larger than ${MOST_BYTES} bytes`);
  return message;
}

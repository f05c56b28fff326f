import type { Cache, Caches } from '../../base/caches.js';
import type { Logger } from '../../base/logger.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Transaction } from '../../storage/database.js';
import { deviceKey } from './remembered.js';
import type { AddressedMessage, QueueSize, ToDeviceStore } from './to-device.store.js';

/** Far more than comes for a device in a year of being switched off; a device that syncs never has so many. */
const MOST_MESSAGES = 20_000;
const MOST_LETTERS = 64 * 1024 * 1024;

/**
 * How much waits for each device, so that the queue of one that never comes back does not fill the disk: when it is
 * full, what comes last is lost to it. What waits already stays, or strangers could push it out.
 */
export class QueueSizes {
  readonly #known: Cache<string, QueueSize>;

  constructor(private readonly deps: { store: ToDeviceStore; caches: Caches; log: Logger }) {
    this.#known = deps.caches.lru('to-device queue sizes', { share: 0.002, entryBytes: 250 });
  }

  /** Those of `messages` that there is room for, counted as waiting from now on. */
  async admit(tx: Transaction, messages: readonly AddressedMessage[]): Promise<AddressedMessage[]> {
    const sizes = await this.#sizes(tx, messages);
    const admitted = messages.filter(({ userId, deviceId, message }) => {
      const size = sizes.get(deviceKey(userId, deviceId)) ?? { messages: 0, letters: 0 };
      if (size.messages >= MOST_MESSAGES || size.letters >= MOST_LETTERS) return false;
      const grown = { messages: size.messages + 1, letters: size.letters + message.length };
      this.#known.set(deviceKey(userId, deviceId), grown);
      return true;
    });
    tx.afterUndo(() => {
      for (const { userId, deviceId } of admitted) this.#known.delete(deviceKey(userId, deviceId));
    });
    const refused = messages.length - admitted.length;
    if (refused > 0) this.deps.log.info('to-device messages dropped: queues are full', { refused });
    return admitted;
  }

  /** Messages were taken from queues: how many are left is counted when the next one comes. */
  forgetAfter(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): void {
    const forget = () => {
      for (const deviceId of deviceIds) this.#known.delete(deviceKey(userId, deviceId));
    };
    // At once too, for transactions that are committed together with this one.
    forget();
    tx.afterCommit(forget);
    tx.afterUndo(forget);
  }

  async #sizes(tx: Transaction, messages: readonly AddressedMessage[]): Promise<Map<string, QueueSize>> {
    const sizes = new Map<string, QueueSize>();
    const unknown: AddressedMessage[] = [];
    for (const message of messages) {
      const key = deviceKey(message.userId, message.deviceId);
      const size = this.#known.get(key);
      if (size) sizes.set(key, size);
      else unknown.push(message);
    }
    if (unknown.length === 0) return sizes;
    for (const { userId, deviceId, ...size } of await this.deps.store.sizes(tx, unknown)) {
      sizes.set(deviceKey(userId, deviceId), size);
    }
    return sizes;
  }
}

import { expect, it } from 'vitest';
import { Caches } from '../../../src-main/base/caches.js';
import { silentLogger } from '../../../src-main/base/logger.js';
import { QueueSizes } from '../../../src-main/matrix/encryption/queue-sizes.js';
import { type AddressedMessage, ToDeviceStore } from '../../../src-main/matrix/encryption/to-device.store.js';
import type { Database } from '../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../support/databases.js';

const userId = '@alice:hearth.test';
const MOST = 20_000;
const letter = (deviceId: string, message = '{}'): AddressedMessage => ({ userId, deviceId, message });

describeEachDatabase('queues of messages to devices', (databases) => {
  const store = new ToDeviceStore();
  const queues = () => new QueueSizes({ store, caches: new Caches(1e8), log: silentLogger });
  const put = (db: Database, sizes: QueueSizes, messages: readonly AddressedMessage[]) =>
    db.write(async (tx) => {
      const admitted = await sizes.admit(tx, messages);
      await store.put(tx, admitted, tx.position());
      return admitted.map(({ deviceId }) => deviceId);
    });

  it('take no more than a bound for each device, and go on when some were fetched', async () => {
    const db = await databases.open();
    const sizes = queues();
    await db.write(async (tx) => {
      for (let i = 1; i < MOST; i += 1) await store.put(tx, [letter('PHONE')], tx.position());
    });
    const both = [letter('PHONE'), letter('TABLET')];
    expect(await put(db, sizes, both)).toEqual(['PHONE', 'TABLET']);
    expect(await put(db, sizes, both)).toEqual(['TABLET']);
    expect(await put(db, queues(), both)).toEqual(['TABLET']);
    await db.write(async (tx) => {
      await store.removeUpTo(tx, userId, 'PHONE', 100);
      sizes.forgetAfter(tx, userId, ['PHONE']);
    });
    expect(await put(db, sizes, both)).toEqual(['PHONE', 'TABLET']);
  });

  it('count bytes too, and nothing that was undone', async () => {
    const db = await databases.open();
    const sizes = queues();
    const large = letter('PHONE', 'a'.repeat(16 * 1024 * 1024));
    const failing = db.write(async (tx) => {
      for (let i = 0; i < 5; i += 1) await sizes.admit(tx, [large]);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    for (let i = 0; i < 4; i += 1) expect(await put(db, sizes, [large])).toEqual(['PHONE']);
    expect(await put(db, sizes, [letter('PHONE')])).toEqual([]);
  });
});

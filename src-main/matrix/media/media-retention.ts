import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Database } from '../../storage/database.js';
import type { FileStore } from '../../storage/file-store.js';
import type { LooseFileStore } from './loose-files.store.js';
import type { RemoteMedia } from './remote-media.js';
import type { RemoteMediaStore } from './remote-media.store.js';

const AT_ONCE = 100;

/** Drops copies of what was uploaded elsewhere when nobody asked for them for long; they can be fetched again. */
export class MediaRetention {
  constructor(
    private readonly deps: {
      db: Database;
      copies: Pick<RemoteMedia, 'saveUse'>;
      remote: RemoteMediaStore;
      loose: LooseFileStore;
      files: FileStore;
      clock: Clock;
      /** undefined: for ever */
      remoteLifetime: Milliseconds | undefined;
    },
  ) {}

  /** Drops what is old now, and then the files that nobody refers to any more. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { clock, copies, remoteLifetime } = this.deps;
    await copies.saveUse();
    if (remoteLifetime !== undefined) await this.#forgetCopies(clock.now() - remoteLifetime, signal);
    await this.removeLooseFiles(signal);
  }

  async #forgetCopies(before: Milliseconds, signal: AbortSignal): Promise<void> {
    const { db, remote, loose } = this.deps;
    for (let found = AT_ONCE; found === AT_ONCE && !signal.aborted; ) {
      const unused = await remote.unused(db, before, AT_ONCE);
      found = unused.length;
      await db.write(async (tx) => {
        for (const copy of unused) {
          await remote.remove(tx, copy);
          await loose.add(tx, copy.hash);
        }
      });
    }
  }

  /** Deletes files that nobody refers to any more. */
  async removeLooseFiles(signal: AbortSignal): Promise<void> {
    const { db, loose } = this.deps;
    for (let after = ''; !signal.aborted; ) {
      const hashes = await loose.after(db, after, AT_ONCE);
      for (const hash of hashes) await this.#removeLooseFile(hash);
      after = hashes.at(-1) ?? '';
      if (hashes.length < AT_ONCE) return;
    }
  }

  /** The file goes last: what is noted must be there after a crash. */
  async #removeLooseFile(hash: string): Promise<void> {
    const { db, loose, files } = this.deps;
    const isUsed = await db.write(async (tx) => {
      if (await loose.isUsed(tx, hash)) return true;
      await loose.loosenThumbnails(tx, hash);
      return false;
    });
    await db.durable();
    if (isUsed || (await files.removeSettled(hash))) await db.write((tx) => loose.drop(tx, hash));
  }
}

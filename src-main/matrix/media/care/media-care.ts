import type { Clock, Milliseconds } from '../../../base/clock.js';
import { parseOwn } from '../../../base/json.js';
import { turn } from '../../../base/yield.js';
import { notFound } from '../../../spec/errors.js';
import type { ServerName } from '../../../spec/ids.js';
import { type MediaAddress, mxcUri } from '../../../spec/mxc.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { LooseFileStore } from '../loose-files.store.js';
import type { MediaRetention } from '../media-retention.js';
import type { RemoteMedia } from '../remote-media.js';
import type { MediaAmount, MediaCareStore, MediaFile, MediaKind, MediaQuery } from './media-care.store.js';
import type { MediaUse } from './media-use.js';

const AT_ONCE = 50;
/** Sums look at every file: they hold for so long. */
const SUMS_HOLD: Milliseconds = 30_000;

/** How much there is of each. Files that are the same lie on the disk once. */
export interface MediaAmounts {
  readonly own: MediaAmount;
  readonly copies: MediaAmount;
  readonly thumbnails: MediaAmount;
  readonly previews: MediaAmount;
}

/** What is to be cleared: files of a kind that nobody asked for since, or all previews. */
export type ClearUp =
  | { readonly kind: MediaKind; readonly unusedSince: Milliseconds; readonly keep: ReadonlySet<string> }
  | { readonly kind: 'previews' };

/** Who looks on while something is cleared. */
export interface ClearUpWatch {
  /** what else is written in the same step, with what went in it */
  readonly onGone?: (tx: Transaction, gone: MediaAmount) => Promise<void>;
  /** called before each file, with what is gone so far: true ends it */
  readonly enough?: (gone: MediaAmount) => boolean;
}

export interface MediaCareDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly serverName: ServerName;
  readonly store: MediaCareStore;
  readonly loose: LooseFileStore;
  readonly use: MediaUse;
  readonly copies: Pick<RemoteMedia, 'saveUse'>;
  readonly retention: Pick<MediaRetention, 'removeLooseFiles'>;
  /** forgets previews that are old */
  readonly forgetOldPreviews: (signal: AbortSignal, watch: Required<ClearUpWatch>) => Promise<MediaAmount>;
}

/** What those do with media who look after the server. */
export class MediaCare {
  #sums: { readonly at: Milliseconds; readonly amounts: Promise<MediaAmounts> } | undefined;

  constructor(private readonly deps: MediaCareDeps) {}

  /** How much there is, as of at most half a minute ago. */
  amounts(): Promise<MediaAmounts> {
    const now = this.deps.clock.now();
    const known = this.#sums;
    if (known && now - known.at < SUMS_HOLD && now >= known.at) return known.amounts;
    const amounts = this.#sum();
    this.#sums = { at: now, amounts };
    amounts.catch(() => (this.#sums = undefined));
    return amounts;
  }

  /** Who uploaded the most, and where most copies are from. */
  async largest(limit: number) {
    const { db, store } = this.deps;
    const [people, servers] = await Promise.all([store.people(db.aside, limit), store.origins(db.aside, limit)]);
    return { people, servers };
  }

  page(query: MediaQuery): Promise<{ files: MediaFile[]; total: number }> {
    return this.deps.store.page(this.deps.db.aside, query);
  }

  /** What is protected is never cleared away. @throws MatrixError M_NOT_FOUND */
  async protect(mediaId: string, isProtected: boolean): Promise<void> {
    const { db, store } = this.deps;
    if (!(await db.write((tx) => store.setProtected(tx, mediaId, isProtected))))
      throw notFound('there is no such media');
  }

  /** Deletes one file, and its thumbnails unless another is the same. @throws MatrixError M_NOT_FOUND */
  async remove(address: MediaAddress): Promise<void> {
    const { db, store, loose, serverName, retention } = this.deps;
    const server = address.server === serverName ? undefined : address.server;
    const hash = await db.write(async (tx) => {
      const removed = await store.remove(tx, server, address.mediaId);
      if (removed !== undefined) await loose.add(tx, removed);
      return removed;
    });
    if (hash === undefined) throw notFound('there is no such media');
    await retention.removeLooseFiles(new AbortController().signal);
    this.#sums = undefined;
  }

  /** What would be cleared. */
  async clearUpAmount(what: ClearUp): Promise<MediaAmount> {
    const { db, store } = this.deps;
    if (what.kind === 'previews') return (await this.amounts()).previews;
    await this.#saveUse();
    if (what.kind === 'copies') return store.unusedCopiesSum(db.aside, what.unusedSince);
    const kept = await this.#kept(what.keep);
    const found = (await store.unusedOwnSizes(db.aside, what.unusedSince)).filter(({ mediaId }) => !kept.has(mediaId));
    return { count: found.length, bytes: found.reduce((sum, { size }) => sum + size, 0) };
  }

  /**
   * Clears files away, a few at a time; what is protected, in quarantine or somebody's picture stays.
   *
   * @returns what went, also where it was ended before it was done
   */
  async clearUp(
    what: ClearUp,
    signal: AbortSignal,
    { onGone = nothingElse, enough = () => false }: ClearUpWatch = {},
  ): Promise<MediaAmount> {
    const watch = { onGone, enough };
    const gone = await (what.kind === 'previews'
      ? this.#clearPreviews(signal, watch)
      : this.#clearFiles(what, signal, watch));
    await this.deps.retention.removeLooseFiles(signal);
    this.#sums = undefined;
    return gone;
  }

  async #clearPreviews(signal: AbortSignal, watch: Required<ClearUpWatch>): Promise<MediaAmount> {
    const { db, store, forgetOldPreviews } = this.deps;
    const bytes = await db.write(async (tx) => {
      const removed = await store.removePreviews(tx);
      if (removed > 0) await watch.onGone(tx, { count: 0, bytes: removed });
      return removed;
    });
    return plus({ count: 0, bytes }, await forgetOldPreviews(signal, watch));
  }

  async #clearFiles(
    what: Exclude<ClearUp, { kind: 'previews' }>,
    signal: AbortSignal,
    { onGone, enough }: Required<ClearUpWatch>,
  ): Promise<MediaAmount> {
    const { store, db, retention } = this.deps;
    await this.#saveUse();
    const kept = what.kind === 'own' ? await this.#kept(what.keep) : new Set<string>();
    let gone: MediaAmount = NOTHING;
    let after = { lastUsed: -1, mediaId: '' };
    while (!signal.aborted && !enough(gone)) {
      const found = await store.unused(db, what.kind, what.unusedSince, after, AT_ONCE);
      const last = found.at(-1);
      if (!last) break;
      after = last;
      const free = found.filter(({ mediaId }) => !kept.has(mediaId));
      gone = plus(gone, await this.#removeSome(untilEnough(free, gone, enough), onGone));
      await retention.removeLooseFiles(signal);
      await turn();
    }
    return gone;
  }

  /** @returns what went: others may have deleted some of it meanwhile */
  #removeSome(files: readonly MediaFile[], onGone: Required<ClearUpWatch>['onGone']): Promise<MediaAmount> {
    const { db, store, loose } = this.deps;
    return db.write(async (tx) => {
      let gone: MediaAmount = NOTHING;
      for (const { server, mediaId, size } of files) {
        const hash = await store.remove(tx, server, mediaId);
        if (hash === undefined) continue;
        await loose.add(tx, hash);
        gone = plus(gone, { count: 1, bytes: size });
      }
      if (gone.count > 0) await onGone(tx, gone);
      return gone;
    });
  }

  /** Ids of uploads that somebody shows as a picture, and of those that are to be kept. */
  async #kept(keep: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { db, store, serverName } = this.deps;
    const avatars = (await store.avatars(db.aside)).map((value) => parseOwn<unknown>(value));
    const prefix = mxcUri({ server: serverName, mediaId: '' });
    const uris = [...keep, ...avatars.filter((uri) => typeof uri === 'string')];
    return new Set(uris.filter((uri) => uri.startsWith(prefix)).map((uri) => uri.slice(prefix.length)));
  }

  async #saveUse(): Promise<void> {
    await this.deps.use.save();
    await this.deps.copies.saveUse();
  }

  async #sum(): Promise<MediaAmounts> {
    const { db, store } = this.deps;
    const [own, copies, thumbnails, previews] = await Promise.all([
      store.sum(db.aside, 'own'),
      store.sum(db.aside, 'copies'),
      store.sum(db.aside, 'thumbnails'),
      store.sum(db.aside, 'previews'),
    ]);
    return { own, copies, thumbnails, previews };
  }
}

const NOTHING: MediaAmount = { count: 0, bytes: 0 };
const nothingElse = async (): Promise<void> => undefined;

const plus = (one: MediaAmount, other: MediaAmount): MediaAmount => ({
  count: one.count + other.count,
  bytes: one.bytes + other.bytes,
});

/** The first of some files, as many as must go. */
function untilEnough(
  files: readonly MediaFile[],
  gone: MediaAmount,
  enough: (gone: MediaAmount) => boolean,
): MediaFile[] {
  const going: MediaFile[] = [];
  let { count, bytes } = gone;
  for (const file of files) {
    if (enough({ count, bytes })) break;
    going.push(file);
    count += 1;
    bytes += file.size;
  }
  return going;
}

import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { SharedPlaces } from '../../../base/shared-places.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import type { OutgoingReply } from '../../../net/outgoing.js';
import { MatrixError } from '../../../spec/errors.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import { oembedAddress, openGraphOfOembed } from './oembed.js';
import { type OpenGraph, openGraphOf } from './open-graph.js';
import { readPage } from './page-reader.js';
import { pageText } from './page-text.js';
import type { KeptPicture, PreviewPictures } from './preview-pictures.js';
import type { UrlPreviewStore } from './url-previews.store.js';
import { lifetimeOf, typeOf, type WebPages } from './web-pages.js';

interface UrlPreviewsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: UrlPreviewStore;
  readonly pages: WebPages;
  readonly pictures: PreviewPictures;
  /** how often a user may ask for a page that is not known */
  readonly limit: RateLimiter;
}

/** Pages asked for at once, in all and for one user: who names slow ones waits for them alone. */
const AT_ONCE = 12;
const AT_ONCE_EACH = 3;
const MOST_WAITING = 100;
const PAGES = 'text/html, application/xhtml+xml, image/*;q=0.8, */*;q=0.5';
const JSON_ONLY = 'application/json';
const HTML: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);

/** What was found out, and for how long it is good. */
interface Finding {
  readonly graph: OpenGraph;
  /** what pictures are named relative to */
  readonly base: string;
  readonly lifetime: Milliseconds;
  /** when the address is that of a picture */
  readonly picture?: KeptPicture | undefined;
}

/**
 * What pages on the web are about, for clients that show it beside a link.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url
 */
export class UrlPreviews {
  readonly #places = new SharedPlaces<UserId>(AT_ONCE, AT_ONCE_EACH);
  /** What is being asked for: whoever wants the same waits for the same answer. */
  readonly #underway = new Map<string, Promise<JsonObject>>();

  constructor(private readonly deps: UrlPreviewsDeps) {}

  /**
   * @param text an address on the web
   * @returns properties of OpenGraph, the picture as an `mxc:` URI; nothing for what says nothing
   * @throws MatrixError M_UNKNOWN for addresses that are not asked and those that do not answer; M_LIMIT_EXCEEDED
   */
  async preview(userId: UserId, text: string): Promise<JsonObject> {
    const { db, store, clock, pages, limit } = this.deps;
    const url = pages.check(text);
    const underway = this.#underway.get(url.href);
    if (underway) return underway;
    const known = await store.one(db, url.href, clock.now());
    if (known) return known;
    limit.take(userId);
    return this.#makeOnce(userId, url);
  }

  #makeOnce(userId: UserId, url: URL): Promise<JsonObject> {
    const underway = this.#underway.get(url.href);
    if (underway) return underway;
    if (this.#underway.size >= MOST_WAITING) {
      throw new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many pages are being asked', { retry_after_ms: 5000 });
    }
    const making = this.#places
      .run(userId, () => this.#make(userId, url))
      .finally(() => this.#underway.delete(url.href));
    this.#underway.set(url.href, making);
    return making;
  }

  async #make(userId: UserId, url: URL): Promise<JsonObject> {
    const { db, clock, store } = this.deps;
    const { graph, base, lifetime, picture } = await this.#find(userId, url);
    const kept = picture ?? (await this.#picture(userId, graph['og:image'], base));
    const { 'og:image': _address, 'og:image:url': _url, 'og:image:secure_url': _secure, ...said } = graph;
    const preview: JsonObject = { ...said, ...(kept && pictureFacts(kept)) };
    const fetched = clock.now();
    await db.write((tx) => store.put(tx, url.href, preview, { fetched, expires: fetched + lifetime }));
    return preview;
  }

  async #find(userId: UserId, url: URL): Promise<Finding> {
    const described = oembedAddress(url.href);
    const found = described === undefined ? undefined : await this.#described(described, url.href);
    if (found) return found;
    const reply = await this.deps.pages.fetch(url, PAGES);
    const lifetime = lifetimeOf(reply);
    const type = typeOf(reply);
    if (type.startsWith('image/')) {
      const picture = await this.deps.pictures.keep(userId, reply);
      return { graph: {}, base: reply.url, lifetime, picture };
    }
    if (!HTML.has(type)) return { graph: {}, base: reply.url, lifetime };
    return this.#read(reply, lifetime);
  }

  async #read(reply: OutgoingReply, lifetime: Milliseconds): Promise<Finding> {
    const page = await readPage(pageText(reply.body, reply.headers['content-type'] ?? ''));
    const described = page.oembed === undefined ? undefined : await this.#described(page.oembed, reply.url);
    const graph = { ...described?.graph, ...openGraphOf(page) };
    return { graph, base: reply.url, lifetime };
  }

  /** A description for machines; a page without one is still a page. */
  async #described(address: string, base: string): Promise<Finding | undefined> {
    const { pages } = this.deps;
    try {
      const reply = await pages.fetch(pages.check(address, base), JSON_ONLY);
      const graph = await openGraphOfOembed(reply.body.toString('utf8'));
      return graph && { graph, base: reply.url, lifetime: lifetimeOf(reply) };
    } catch (error) {
      return this.#without('description', base, error);
    }
  }

  /** A preview without its picture is still a preview. */
  async #picture(userId: UserId, address: string | undefined, base: string): Promise<KeptPicture | undefined> {
    if (address === undefined) return undefined;
    const { pages, pictures } = this.deps;
    try {
      return await pictures.keep(userId, await pages.fetch(pages.check(address, base), 'image/*'));
    } catch (error) {
      return this.#without('picture', base, error);
    }
  }

  #without(what: string, url: string, error: unknown): undefined {
    if (!(error instanceof MatrixError)) throw error;
    this.deps.log.debug('a preview does without', { what, host: new URL(url).hostname, error: error.message });
    return undefined;
  }
}

const pictureFacts = ({ uri, size, contentType, width, height }: KeptPicture): JsonObject => ({
  'og:image': uri,
  'og:image:type': contentType,
  'og:image:width': width,
  'og:image:height': height,
  'matrix:image:size': size,
});

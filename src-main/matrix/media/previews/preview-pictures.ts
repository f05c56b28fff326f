import type { Clock, Milliseconds } from '../../../base/clock.js';
import { randomLetters } from '../../../base/random.js';
import type { OutgoingReply } from '../../../net/outgoing.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import { type MxcUri, mxcUri } from '../../../spec/mxc.js';
import type { Database } from '../../../storage/database.js';
import type { FileStore } from '../../../storage/file-store.js';
import type { MediaStore } from '../media.store.js';
import type { Picture, Thumbnails } from '../thumbnails.js';
import type { UrlPreviewStore } from './url-previews.store.js';

/** A picture that was fetched for a preview. */
export interface KeptPicture extends Picture {
  readonly uri: MxcUri;
  /** bytes */
  readonly size: number;
}

const ID_LETTERS = 24;
const DAY: Milliseconds = 24 * 3_600_000;
/** Longer than any preview is good: clients show pictures of those that they got before. */
const LIFETIME = 9 * DAY;

/** Pictures of previews: media like what users upload, for some days. */
export class PreviewPictures {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly serverName: ServerName;
      readonly store: UrlPreviewStore;
      readonly media: MediaStore;
      readonly files: FileStore;
      readonly thumbnails: Thumbnails;
    },
  ) {}

  /** @param userId who wanted the preview. @returns undefined for what is no picture that can be shown */
  async keep(userId: UserId, { body }: Pick<OutgoingReply, 'body'>): Promise<KeptPicture | undefined> {
    const { db, clock, serverName, store, media, files, thumbnails } = this.deps;
    const picture = await thumbnails.pictureIn(body);
    if (!picture) return undefined;
    const { hash, size } = await files.put(once(body), body.length);
    const mediaId = randomLetters(ID_LETTERS);
    const created = clock.now();
    const content = { hash, size, contentType: picture.contentType, name: undefined };
    await db.write(async (tx) => {
      await media.insert(tx, { mediaId, userId, created, expires: undefined, content });
      await store.putPicture(tx, mediaId, created + LIFETIME);
    });
    return { ...picture, uri: mxcUri({ server: serverName, mediaId }), size };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import type { UserId } from '../../../spec/ids.js';
import type { Accounts } from '../../accounts/index.js';
import type { ServerNotices } from '../notices/server-notices.js';

/** Writes once to those who use the server and did not accept its terms. */
export class ConsentNotices {
  /** to whom it writes at the moment */
  readonly #writing = new Set<UserId>();

  constructor(
    private readonly deps: {
      readonly consents: Pick<Accounts['consents'], 'noticeFor' | 'noticed'>;
      readonly notices: Pick<ServerNotices, 'send'>;
      readonly log: Logger;
    },
  ) {}

  /** Somebody's client asks what is new: it is told so, if it has to be. Nobody waits for that. */
  remind(userId: UserId): void {
    if (this.#writing.has(userId)) return;
    this.#writing.add(userId);
    void this.#remind(userId)
      .catch((error: unknown) => {
        const isExpected = error instanceof MatrixError;
        this.deps.log[isExpected ? 'warn' : 'error']('nobody could be asked to accept the terms', { userId, error });
      })
      .finally(() => this.#writing.delete(userId));
  }

  async #remind(userId: UserId): Promise<void> {
    const { consents, notices } = this.deps;
    const content = await consents.noticeFor(userId);
    if (!content) return;
    const notice = { msgtype: 'm.text', ...content };
    await notices.send({
      userId,
      type: 'm.room.message',
      stateKey: undefined,
      content: notice,
      transaction: undefined,
    });
    await consents.noticed(userId);
  }
}

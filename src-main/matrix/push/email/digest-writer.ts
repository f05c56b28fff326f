import type { Config, EmailConfig } from '../../../config/config.js';
import { stringAt } from '../../../base/json.js';
import type { MailMessage } from '../../../net/mail.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Accounts, Language } from '../../accounts/index.js';
import type { StoredEvent } from '../../events/index.js';
import type { NoticeContexts } from '../notice-context.js';
import type { Pusher } from '../pushers/pushers.store.js';
import { type DigestRoom, digestMail } from './digest.js';
import { messageText } from './message-text.js';

const MOST_ROOMS = 10;
const MOST_MESSAGES = 10;
const MOST_PEOPLE = 3;
const MOST_APP_NAME = 50;

/** Writes e-mails about events that their reader has not seen. */
export class DigestWriter {
  constructor(
    private readonly deps: {
      readonly contexts: NoticeContexts;
      readonly profiles: Pick<Accounts['profiles'], 'of'>;
      readonly config: Pick<Config, 'publicBaseUrl' | 'serverName'>;
      readonly email: EmailConfig;
    },
  ) {}

  /**
   * @param events in their order; more than one e-mail holds are counted only
   * @param reason the room for which it is written now
   */
  async write(pusher: Pusher, events: readonly StoredEvent[], reason: RoomId): Promise<MailMessage> {
    const { userId, pushkey } = pusher;
    const language: Language = /^de\b/i.test(pusher.lang) ? 'de' : 'en';
    const byRoom = [...Map.groupBy(events, ({ roomId }) => roomId)];
    // The reason comes first, then where something happened last.
    byRoom.sort(([a, ofA], [b, ofB]) => Number(b === reason) - Number(a === reason) || lastOf(ofB) - lastOf(ofA));
    const rooms: DigestRoom[] = [];
    for (const [roomId, ofRoom] of byRoom.slice(0, MOST_ROOMS))
      rooms.push(await this.#room(userId, roomId, ofRoom, language));
    const unsubscribeLink = this.#unsubscribeLink(pusher);
    const { serverName } = this.deps.config;
    const appName = this.#appName(pusher);
    const reader = (await this.deps.profiles.of([userId])).get(userId)?.displayName ?? userId;
    const moreRooms = byRoom.length - rooms.length;
    const parts = { language, appName, serverName, reader, rooms, moreRooms, unsubscribeLink };
    return {
      to: pushkey,
      ...digestMail(parts, this.deps.email.subjects),
      headers: {
        'List-Unsubscribe': `<${unsubscribeLink}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    };
  }

  async #room(userId: UserId, roomId: RoomId, events: readonly StoredEvent[], language: Language): Promise<DigestRoom> {
    const names = await this.#names(userId, events);
    const nameOf = (sender: UserId) => names.get(sender) ?? sender;
    const messages = events.filter(({ type }) => type !== 'm.room.member');
    const shown = messages.slice(-MOST_MESSAGES);
    const people = [...new Set((messages.length > 0 ? messages : events).map(({ sender }) => sender))];
    const isSpace = messages.length === 0 && (await this.deps.contexts.isSpace(userId, roomId));
    const invitation = isSpace ? 'invitation to a space' : 'invitation';
    return {
      name: (await this.deps.contexts.room(roomId, userId)).name,
      kind: messages.length > 0 ? 'talk' : invitation,
      link: this.#roomLink(roomId, shown.at(-1)),
      messages: shown.map((event) => ({
        sender: nameOf(event.sender),
        text: messageText(event, language),
        sentAt: event.originServerTs,
      })),
      more: messages.length - shown.length,
      people: people.slice(0, MOST_PEOPLE).map(nameOf),
    };
  }

  async #names(userId: UserId, events: readonly StoredEvent[]): Promise<ReadonlyMap<UserId, string>> {
    const names = new Map<UserId, string>();
    for (const event of events) {
      if (names.has(event.sender)) continue;
      const { senderName } = await this.deps.contexts.of(userId, event);
      names.set(event.sender, senderName ?? event.sender);
    }
    return names;
  }

  #roomLink(roomId: RoomId, event: StoredEvent | undefined): string {
    const { clientBaseUrl } = this.deps.email;
    const place = event ? `${roomId}/${event.eventId}` : roomId;
    if (clientBaseUrl !== undefined) return `${clientBaseUrl.replace(/\/+$/, '')}/#/room/${place}`;
    return `https://matrix.to/#/${place}`;
  }

  #unsubscribeLink({ unsubscribeToken }: Pusher): string {
    const { publicBaseUrl, serverName } = this.deps.config;
    const base = publicBaseUrl ?? `https://${serverName}/`;
    return `${base}_synapse/client/unsubscribe?token=${encodeURIComponent(unsubscribeToken)}`;
  }

  /** Clients of a brand of their own may name it. */
  #appName({ data }: Pusher): string {
    const brand = stringAt(data, 'brand');
    return brand && brand.length <= MOST_APP_NAME ? brand : this.deps.email.appName;
  }
}

const lastOf = (events: readonly StoredEvent[]): number => events.at(-1)?.nid ?? 0;

import { type JsonObject, type JsonValue, stringAt } from '../../base/json.js';
import type { RoomEvent } from '../event.js';
import type { UserId } from '../ids.js';
import type { PowerLevels } from '../power-levels.js';
import { type PropertyPath, valueAt } from '../property-path.js';

/** Somebody who may be notified. */
export interface PushReader {
  readonly userId: UserId;
  /** the name in this room; undefined without one */
  readonly displayName: string | undefined;
  /** whether they want to hear of the thread that the event is in; undefined for what is in no thread */
  readonly isSubscribed?: boolean | undefined;
}

/** What rules ask of the room beside the event. */
export interface PushRoom {
  /** how many are joined */
  readonly memberCount: number;
  readonly powerLevels: PowerLevels;
}

/** An event made ready for the rules of all its readers: what they look up is looked up once. */
export class PushEvent {
  readonly memberCount: number;
  /** `content.body` in lower case; undefined when it is no string */
  readonly body: string | undefined;
  /** whether the event says whom it mentions, be it nobody */
  readonly hasMentions: boolean;
  readonly #powerLevels: PowerLevels;
  readonly #fields: JsonObject;
  readonly #texts = new Map<string, string | undefined>();

  constructor(
    readonly event: Pick<RoomEvent, 'type' | 'eventId' | 'roomId' | 'sender' | 'stateKey' | 'content'>,
    room: PushRoom,
  ) {
    const { type, eventId, roomId, sender, stateKey, content } = event;
    this.memberCount = room.memberCount;
    this.#powerLevels = room.powerLevels;
    this.#fields = { type, event_id: eventId, room_id: roomId, sender, state_key: stateKey, content };
    this.body = stringAt(content, 'body')?.toLowerCase();
    this.hasMentions = content['m.mentions'] !== undefined;
  }

  /** The value at `path` of the event in the format for clients. */
  value(path: PropertyPath): JsonValue | undefined {
    return valueAt(this.#fields, path);
  }

  /** The string at `path` in lower case, or undefined. @param key the path as it was written */
  text(key: string, path: PropertyPath): string | undefined {
    if (this.#texts.has(key)) return this.#texts.get(key);
    const value = this.value(path);
    const text = typeof value === 'string' ? value.toLowerCase() : undefined;
    this.#texts.set(key, text);
    return text;
  }

  /** Whether the sender has the power to notify everybody; `name` is `room` for `@room`. */
  senderMayNotify(name: string): boolean {
    return this.#powerLevels.powerOf(this.event.sender) >= this.#powerLevels.notificationLevel(name);
  }
}

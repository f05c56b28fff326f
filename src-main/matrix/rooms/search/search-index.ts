import { stringAt } from '../../../base/json.js';
import type { Writing } from '../../../storage/batch-follower.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';
import { wordsOf } from '../words.js';
import type { SearchEntry, SearchKey, SearchStore } from './search.store.js';

/** Words of one event that are found. */
const MOST_WORDS = 2_000;

const KEYS: Readonly<Record<string, SearchKey>> = {
  'm.room.message': 'content.body',
  'm.room.name': 'content.name',
  'm.room.topic': 'content.topic',
};

/** Keeps the words of what is said, as long as it is not redacted. */
export class SearchIndex {
  constructor(private readonly deps: { readonly store: SearchStore; readonly reader: RoomReader }) {}

  /** What follows from events; undefined when nothing does. */
  async prepare(events: readonly StoredEvent[]): Promise<Writing | undefined> {
    const { reader, store } = this.deps;
    const entries = events.flatMap((event) => entryOf(event) ?? []);
    const redacted = await reader.events(events.flatMap(({ redacts }) => redacts ?? []));
    const gone = redacted.filter(({ redactedBy }) => redactedBy !== undefined);
    if (entries.length === 0 && gone.length === 0) return undefined;
    return async (tx) => {
      for (const entry of entries) await store.insert(tx, entry);
      for (const { nid } of gone) await store.remove(tx, nid);
    };
  }
}

function entryOf(event: StoredEvent): SearchEntry | undefined {
  const key = Object.hasOwn(KEYS, event.type) ? KEYS[event.type] : undefined;
  if (key === undefined || event.redactedBy !== undefined) return undefined;
  const text = stringAt(event.content, key.slice('content.'.length));
  const words = text === undefined ? [] : wordsOf(text, MOST_WORDS);
  return words.length === 0 ? undefined : { eventNid: event.nid, roomNid: event.room.nid, key, words };
}

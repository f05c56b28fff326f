import { type Reader, statement, type Transaction } from '../../../storage/database.js';

/** What of an event is searched. */
export const SEARCHED = { 'content.body': 1, 'content.name': 2, 'content.topic': 3 } as const;
export type SearchKey = keyof typeof SEARCHED;

/** An event with its words: in lower case, letters and digits only. */
export interface SearchEntry {
  readonly eventNid: number;
  readonly roomNid: number;
  readonly key: SearchKey;
  readonly words: readonly string[];
}

/** An event that has all words. */
export interface Hit {
  readonly eventNid: number;
  readonly roomNid: number;
  /** how many words it has */
  readonly words: number;
}

const insert = statement<[number, number, number, number]>(
  'INSERT INTO search_entries (event_nid, room_nid, kind, words) VALUES (?, ?, ?, ?)',
);
const insertWords = statement<[number, string]>('INSERT INTO search_words (rowid, words) VALUES (?, AS_WORDS(?))');
const remove = statement<[number]>('DELETE FROM search_entries WHERE event_nid = ?');
const removeWords = statement<[number]>('DELETE FROM search_words WHERE rowid = ?');
const find = statement<[string, number, number], { nid: number }>(`
  SELECT search_words.rowid AS nid FROM search_words
  WHERE HAS_WORDS(search_words, ?) AND search_words.rowid < ? ORDER BY search_words.rowid DESC LIMIT ?`);
const among = statement<
  [readonly number[], readonly number[], readonly number[]],
  { event_nid: number; room_nid: number; words: number }
>(`
  SELECT event_nid, room_nid, words FROM search_entries
  WHERE event_nid IN INTS(?) AND room_nid IN INTS(?) AND kind IN INTS(?)`);

/** Tables `search_entries` and `search_words`. */
export class SearchStore {
  async insert(tx: Transaction, { eventNid, roomNid, key, words }: SearchEntry): Promise<void> {
    await tx.run(insert, eventNid, roomNid, SEARCHED[key], words.length);
    await tx.run(insertWords, eventNid, words.join(' '));
  }

  async remove(tx: Transaction, eventNid: number): Promise<void> {
    if ((await tx.run(remove, eventNid)) > 0) await tx.run(removeWords, eventNid);
  }

  /** nids of events that have each of `words`, or a longer one that begins so, below `before`; the newest first. */
  async find(db: Reader, words: readonly string[], before: number, limit: number): Promise<number[]> {
    return (await db.all(find, words.map(asBeginning).join(' '), before, limit)).map(({ nid }) => nid);
  }

  /** Those of the events that are in one of these rooms, and were found in one of these keys. */
  async among(
    db: Reader,
    eventNids: readonly number[],
    roomNids: readonly number[],
    keys: readonly SearchKey[],
  ): Promise<Hit[]> {
    const kinds = keys.map((key) => SEARCHED[key]);
    const rows = await db.all(among, eventNids, roomNids, kinds);
    return rows.map((row) => ({ eventNid: row.event_nid, roomNid: row.room_nid, words: row.words }));
  }
}

/** Too many words begin with so few letters: these must be whole. */
const WHOLE_BELOW = 3;

const asBeginning = (word: string): string => ([...word].length < WHOLE_BELOW ? word : `${word}*`);

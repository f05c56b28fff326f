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
const removeMany = statement<[readonly number[]]>('DELETE FROM search_entries WHERE event_nid IN INTS(?)');
const removeWords = statement<[number]>('DELETE FROM search_words WHERE rowid = ?');
/** Of all that have the words the last ones are looked at, in whatever room they are. */
const MATCHES = `
  FROM (
    SELECT search_words.rowid AS nid FROM search_words
    WHERE HAS_WORDS(search_words, ?) ORDER BY search_words.rowid DESC LIMIT ?
  ) m JOIN search_entries e ON e.event_nid = m.nid
  WHERE e.room_nid IN INTS(?) AND e.kind IN INTS(?)`;
type Wanted = [string, number, readonly number[], readonly number[]];
const count = statement<Wanted, { count: number }>(`SELECT COUNT(*) AS count ${MATCHES}`);
const recent = statement<[...Wanted, number, number], HitRow>(`
  SELECT e.event_nid, e.room_nid, e.words ${MATCHES} AND e.event_nid < ? ORDER BY e.event_nid DESC LIMIT ?`);
const ranked = statement<[...Wanted, number, number, number, number], HitRow>(`
  SELECT e.event_nid, e.room_nid, e.words ${MATCHES} AND (e.words > ? OR (e.words = ? AND e.event_nid < ?))
  ORDER BY e.words, e.event_nid DESC LIMIT ?`);

interface HitRow {
  event_nid: number;
  room_nid: number;
  words: number;
}

/** What is looked for, and where. */
export interface Wish {
  /** each must be there, or a longer one that begins so */
  readonly words: readonly string[];
  /** nids */
  readonly rooms: readonly number[];
  readonly keys: readonly SearchKey[];
}

/** Of all events with the words so many are looked at, the last. */
const MOST_MATCHES = 20_000;

/** Tables `search_entries` and `search_words`. */
export class SearchStore {
  async insert(tx: Transaction, { eventNid, roomNid, key, words }: SearchEntry): Promise<void> {
    await tx.run(insert, eventNid, roomNid, SEARCHED[key], words.length);
    await tx.run(insertWords, eventNid, words.join(' '));
  }

  async remove(tx: Transaction, eventNid: number): Promise<void> {
    if ((await tx.run(remove, eventNid)) > 0) await tx.run(removeWords, eventNid);
  }

  /** Several at once, indexed or not. */
  async removeAll(tx: Transaction, eventNids: readonly number[]): Promise<void> {
    await tx.run(removeMany, eventNids);
    await tx.runMany(
      removeWords,
      eventNids.map((nid) => [nid] as [number]),
    );
  }

  /** How many there are. */
  async count(db: Reader, wish: Wish): Promise<number> {
    return (await db.get(count, ...parametersOf(wish)))?.count ?? 0;
  }

  /** The latest ones before an event. */
  async recent(db: Reader, wish: Wish, before: number, limit: number): Promise<Hit[]> {
    return (await db.all(recent, ...parametersOf(wish), before, limit)).map(toHit);
  }

  /** Those with the fewest words, after one of them; of as many words the latest first. */
  async ranked(db: Reader, wish: Wish, { words, eventNid }: Place, limit: number): Promise<Hit[]> {
    return (await db.all(ranked, ...parametersOf(wish), words, words, eventNid, limit)).map(toHit);
  }
}

type Place = Pick<Hit, 'eventNid' | 'words'>;

const parametersOf = ({ words, rooms, keys }: Wish): Wanted => [
  words.map(asBeginning).join(' '),
  MOST_MATCHES,
  rooms,
  keys.map((key) => SEARCHED[key]),
];

const toHit = (row: HitRow): Hit => ({ eventNid: row.event_nid, roomNid: row.room_nid, words: row.words });

/** Too many words begin with so few letters: these must be whole. */
const WHOLE_BELOW = 3;

const asBeginning = (word: string): string => ([...word].length < WHOLE_BELOW ? word : `${word}*`);

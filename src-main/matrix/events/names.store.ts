import type { Cache, Caches } from '../../base/caches.js';
import { turn } from '../../base/yield.js';
import type { StateKey } from '../../spec/event.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const nidOfName = statement<[string], { nid: number }>('SELECT nid FROM names WHERE name = ?');
const nidsOfNames = statement<[readonly string[]], { nid: number; name: string }>(
  'SELECT nid, name FROM names WHERE name IN TEXTS(?)',
);
const insertName = statement<[number, string]>('INSERT INTO names (nid, name) VALUES (?, ?)');
const nidOfStateKey = statement<[string, number], { nid: number }>(
  'SELECT nid FROM state_keys WHERE state_key = ? AND type_nid = ?',
);
const typesOfKeys = statement<[readonly number[]], { nid: number; type_nid: number }>(
  'SELECT nid, type_nid FROM state_keys WHERE nid IN INTS(?)',
);
const insertStateKey = statement<[number, number, string]>(
  'INSERT INTO state_keys (nid, type_nid, state_key) VALUES (?, ?, ?)',
);

/** Remembered of a name that nothing has: rooms are asked for the same few entries that most do not have. */
const NONE = 0;
const KEYS_AT_ONCE = 2_000;

/**
 * Tables `names` and `state_keys`: the integers that stand for long strings. An integer never changes its string and is
 * never given twice, so what is remembered before it is committed harms nobody; undone, it is forgotten.
 */
export class NameStore {
  readonly #nids: Cache<string, number>;
  /** how many were made since the start */
  #made = 0;
  readonly #stateKeys: Cache<string, number>;

  constructor(caches: Caches) {
    const bounds = { share: 0.015, entryBytes: 150 };
    this.#nids = caches.lru('nids of names', bounds);
    this.#stateKeys = caches.lru('state keys', bounds);
  }

  /** The integer of `name`, made when there is none yet. */
  async intern(tx: Transaction, name: string): Promise<number> {
    const known = this.#nids.get(name) || (await tx.get(nidOfName, name))?.nid;
    if (known !== undefined) {
      this.#nids.set(name, known);
      return known;
    }
    const nid = tx.position();
    this.#made += 1;
    await tx.run(insertName, nid, name);
    this.#nids.set(name, nid);
    tx.afterUndo(() => this.#nids.delete(name));
    return nid;
  }

  /** The integer of `name`, or undefined when nothing here ever had that name. */
  async find(db: Reader, name: string): Promise<number | undefined> {
    const cached = this.#nids.get(name);
    if (cached !== undefined) return cached === NONE ? undefined : cached;
    const made = this.#made;
    const row = await db.get(nidOfName, name);
    if (row) this.#nids.set(name, row.nid);
    // Whoever makes it meanwhile knows better.
    else if (made === this.#made && this.#nids.peek(name) === undefined) this.#nids.set(name, NONE);
    return row?.nid;
  }

  /** The integers of those `names` that have one. */
  async findMany(db: Reader, names: readonly string[]): Promise<number[]> {
    const unknown = names.filter((name) => this.#nids.get(name) === undefined);
    const known = names.flatMap((name) => this.#nids.get(name) || []);
    const rows = unknown.length > 0 ? await db.all(nidsOfNames, unknown) : [];
    for (const { nid, name } of rows) this.#nids.set(name, nid);
    return [...known, ...rows.map((row) => row.nid)];
  }

  /** The integer of a pair of type and state key, made when there is none yet; with that of the type. */
  async internStateKey(tx: Transaction, [type, stateKey]: StateKey): Promise<{ typeNid: number; stateNid: number }> {
    const typeNid = await this.intern(tx, type);
    const known = await this.#stateNid(tx, typeNid, stateKey);
    if (known !== undefined) return { typeNid, stateNid: known };
    const stateNid = tx.position();
    await tx.run(insertStateKey, stateNid, typeNid, stateKey);
    this.#stateKeys.set(`${typeNid} ${stateKey}`, stateNid);
    tx.afterUndo(() => this.#stateKeys.delete(`${typeNid} ${stateKey}`));
    return { typeNid, stateNid };
  }

  /** The integer of a pair of type and state key, or undefined when no event ever had it. */
  async findStateKey(db: Reader, [type, stateKey]: StateKey): Promise<number | undefined> {
    const typeNid = await this.find(db, type);
    return typeNid === undefined ? undefined : this.#stateNid(db, typeNid, stateKey);
  }

  /** The integers of the types of some pairs: state nid -> type nid. */
  async typesOf(db: Reader, stateNids: readonly number[]): Promise<Map<number, number>> {
    const types = new Map<number, number>();
    for (let start = 0; start < stateNids.length; start += KEYS_AT_ONCE) {
      if (start > 0) await turn();
      for (const row of await db.all(typesOfKeys, stateNids.slice(start, start + KEYS_AT_ONCE))) {
        types.set(row.nid, row.type_nid);
      }
    }
    return types;
  }

  async #stateNid(db: Reader, typeNid: number, stateKey: string): Promise<number | undefined> {
    const cached = this.#stateKeys.get(`${typeNid} ${stateKey}`);
    if (cached !== undefined) return cached;
    const row = await db.get(nidOfStateKey, stateKey, typeNid);
    if (row) this.#stateKeys.set(`${typeNid} ${stateKey}`, row.nid);
    return row?.nid;
  }
}

import { turn } from '../../base/yield.js';
import { type Database, type Reader, statement, type Transaction } from '../../storage/database.js';

const insertSnapshot = statement<[number, number | null, number, number]>(
  'INSERT INTO state_snapshots (snapshot, parent, layers, size) VALUES (?, ?, ?, ?)',
);
const insertDelta = statement<[number, number, number]>(
  'INSERT INTO state_deltas (snapshot, state_nid, event_nid) VALUES (?, ?, ?)',
);
const chain = statement<[number], { snapshot: number; parent: number | null; layers: number; size: number }>(`
  WITH RECURSIVE chain (snapshot, parent, layers, size, step) AS (
    SELECT snapshot, parent, layers, size, 0 FROM state_snapshots WHERE snapshot = ?
    UNION ALL
    SELECT s.snapshot, s.parent, s.layers, s.size, c.step + 1
    FROM state_snapshots s JOIN chain c ON s.snapshot = c.parent
  ) SELECT snapshot, parent, layers, size FROM chain ORDER BY step`);
const snapshotRow = statement<[number], { parent: number | null; layers: number; size: number }>(
  'SELECT parent, layers, size FROM state_snapshots WHERE snapshot = ?',
);
const deltasOf = statement<[readonly number[]], { snapshot: number; state_nid: number; event_nid: number }>(
  'SELECT snapshot, state_nid, event_nid FROM state_deltas WHERE snapshot IN INTS(?)',
);
const deltasAfter = statement<[number, number, number], { state_nid: number; event_nid: number }>(`
  SELECT state_nid, event_nid FROM state_deltas WHERE snapshot = ? AND state_nid > ? ORDER BY state_nid LIMIT ?`);
// CROSS JOIN: otherwise SQLite begins with the deltas, all of them.
const entriesOf = statement<[readonly number[], readonly number[]], EntryRow>(`
  WITH RECURSIVE chain (top, snapshot, step) AS (
    SELECT snapshot, snapshot, 0 FROM state_snapshots WHERE snapshot IN INTS(?)
    UNION ALL
    SELECT c.top, s.parent, c.step + 1 FROM chain c JOIN state_snapshots s ON s.snapshot = c.snapshot
    WHERE s.parent IS NOT NULL
  ) SELECT c.top, d.state_nid, d.event_nid, c.step FROM chain c
  CROSS JOIN state_deltas d WHERE d.snapshot = c.snapshot AND d.state_nid IN INTS(?)`);

/** One of the snapshots that a state lies on, and how many entries it has itself. */
interface Layer {
  readonly snapshot: number;
  readonly size: number;
}

interface EntryRow {
  top: number;
  state_nid: number;
  event_nid: number;
  step: number;
}

/** Longest delta that a new snapshot takes over from its parents: bounds what one change of state may write. */
const LARGEST_MERGE = 256;
/** Rows that a transaction of many writes. */
const ROWS_AT_ONCE = 2_000;

/**
 * Tables `state_snapshots` and `state_deltas`. A snapshot lays its delta over its parent. A new one takes over the
 * deltas of parents no larger than its own, as a binary counter carries: a change writes a few rows on average and
 * `LARGEST_MERGE` at most, and a chain has about `8 + entries / LARGEST_MERGE` layers.
 */
export class StateStore {
  /** Makes the snapshot that lays `delta` (state nid -> event nid, 0 for gone) over `parent`. */
  async insert(tx: Transaction, parent: number | undefined, delta: ReadonlyMap<number, number>): Promise<number> {
    const merged = new Map(delta);
    let below = parent;
    let layers = 0;
    while (below !== undefined) {
      const row = await tx.get(snapshotRow, below);
      if (!row) throw new Error(`state snapshot ${below} is missing`);
      layers = row.layers;
      if (row.size > merged.size || row.size + merged.size > LARGEST_MERGE) break;
      for (const { state_nid, event_nid } of await tx.all(deltasOf, [below])) {
        if (!merged.has(state_nid)) merged.set(state_nid, event_nid);
      }
      below = row.parent ?? undefined;
      layers = row.layers - 1;
    }
    const snapshot = tx.position();
    await tx.run(insertSnapshot, snapshot, below ?? null, layers + 1, merged.size);
    await tx.runMany(
      insertDelta,
      [...merged].map(([stateNid, eventNid]) => [snapshot, stateNid, eventNid] as [number, number, number]),
    );
    return snapshot;
  }

  /** As `insert`, for large deltas: in several transactions. Nothing refers to the snapshot before the last of them. */
  async insertLarge(db: Database, parent: number | undefined, delta: ReadonlyMap<number, number>): Promise<number> {
    if (delta.size <= LARGEST_MERGE) return db.write((tx) => this.insert(tx, parent, delta));
    const snapshot = await db.write(async (tx) => tx.position());
    const rows = [...delta].map(([stateNid, eventNid]) => [snapshot, stateNid, eventNid] as [number, number, number]);
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      await db.write((tx) => tx.runMany(insertDelta, rows.slice(start, start + ROWS_AT_ONCE)));
      await turn();
    }
    return db.write(async (tx) => {
      const row = parent === undefined ? undefined : await tx.get(snapshotRow, parent);
      await tx.run(insertSnapshot, snapshot, parent ?? null, (row?.layers ?? 0) + 1, rows.length);
      return snapshot;
    });
  }

  /** The whole state: state nid -> event nid. */
  async all(db: Reader, snapshot: number): Promise<Map<number, number>> {
    const state = await this.#layAll(db, await db.all(chain, snapshot));
    for (const [stateNid, eventNid] of state) if (eventNid === 0) state.delete(stateNid);
    return state;
  }

  /** What some layers say together, with 0 for what is gone. @param layers from the uppermost to the lowest */
  async #layAll(db: Reader, layers: readonly Layer[]): Promise<Map<number, number>> {
    const state = new Map<number, number>();
    let read = 0;
    for (const { snapshot, size } of layers) {
      for (let last = 0; ; ) {
        read += size;
        if (read > ROWS_AT_ONCE) await turn();
        if (read > ROWS_AT_ONCE) read = 0;
        const rows = await db.all(deltasAfter, snapshot, last, ROWS_AT_ONCE);
        for (const row of rows) if (!state.has(row.state_nid)) state.set(row.state_nid, row.event_nid);
        const next = rows.at(-1);
        if (!next || rows.length < ROWS_AT_ONCE) break;
        last = next.state_nid;
      }
    }
    return state;
  }

  /**
   * Where several states differ: state nid -> the event nids that they have for it, in their order, 0 for none. Costs what
   * they do not share: states of one room mostly lie over the same layers.
   *
   * @param snapshots undefined stands for the empty state
   */
  async difference(
    db: Reader,
    snapshots: readonly (number | undefined)[],
  ): Promise<ReadonlyMap<number, readonly number[]>> {
    const chains: (readonly Layer[])[] = [];
    for (const snapshot of snapshots) chains.push(snapshot === undefined ? [] : await db.all(chain, snapshot));
    const [first = [], ...others] = chains;
    const rest = others.map((layers) => new Set(layers.map((layer) => layer.snapshot)));
    const common = first.find(({ snapshot }) => rest.every((layers) => layers.has(snapshot)))?.snapshot;
    const above = (layers: readonly Layer[]) => layers.findIndex(({ snapshot }) => snapshot === common);
    const upper = chains.map((layers) => (common === undefined ? layers : layers.slice(0, above(layers))));
    const states: Map<number, number>[] = [];
    for (const layers of upper) states.push(await this.#layAll(db, layers));
    const isLarge = states.some(({ size }) => size > ROWS_AT_ONCE);
    if (isLarge) await turn();
    const keys = new Set(states.flatMap((state) => [...state.keys()]));
    if (isLarge) await turn();
    const open = common === undefined ? [] : [...keys].filter((key) => states.some((state) => !state.has(key)));
    const below = common === undefined || open.length === 0 ? undefined : await this.some(db, [common], open);
    const base = (common !== undefined && below?.get(common)) || new Map<number, number>();
    const differences = new Map<number, readonly number[]>();
    let looked = 0;
    for (const key of keys) {
      looked += 1;
      if (looked % ROWS_AT_ONCE === 0) await turn();
      const values = states.map((state) => state.get(key) ?? base.get(key) ?? 0);
      if (values.some((value) => value !== values[0])) differences.set(key, values);
    }
    return differences;
  }

  async #rowsOf(db: Reader, snapshots: readonly number[], stateNids: readonly number[]) {
    if (stateNids.length <= ROWS_AT_ONCE) return db.all(entriesOf, snapshots, stateNids);
    const rows: EntryRow[] = [];
    for (let start = 0; start < stateNids.length; start += ROWS_AT_ONCE) {
      rows.push(...(await db.all(entriesOf, snapshots, stateNids.slice(start, start + ROWS_AT_ONCE))));
      await turn();
    }
    return rows;
  }

  /** The entries `stateNids` of several snapshots: snapshot -> state nid -> event nid. */
  async some(
    db: Reader,
    snapshots: readonly number[],
    stateNids: readonly number[],
  ): Promise<Map<number, Map<number, number>>> {
    const found = new Map<number, Map<number, { step: number; eventNid: number }>>();
    let looked = 0;
    for (const row of await this.#rowsOf(db, snapshots, stateNids)) {
      looked += 1;
      if (looked % ROWS_AT_ONCE === 0) await turn();
      const entries = found.get(row.top) ?? new Map<number, { step: number; eventNid: number }>();
      found.set(row.top, entries);
      if (row.step < (entries.get(row.state_nid)?.step ?? Number.POSITIVE_INFINITY)) {
        entries.set(row.state_nid, { step: row.step, eventNid: row.event_nid });
      }
    }
    return new Map(
      [...found].map(([snapshot, entries]) => [
        snapshot,
        new Map([...entries].flatMap(([nid, { eventNid }]) => (eventNid === 0 ? [] : [[nid, eventNid] as const]))),
      ]),
    );
  }
}

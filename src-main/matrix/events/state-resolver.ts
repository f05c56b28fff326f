import type { Cache, Caches } from '../../base/caches.js';
import { turn } from '../../base/yield.js';
import type { EventId } from '../../spec/ids.js';
import { resolveState } from '../../spec/state-resolution/resolve.js';
import type { StateMap } from '../../spec/state-view.js';
import type { Database, Reader, Transaction } from '../../storage/database.js';
import type { ResolutionInput, ResolutionInputs } from './resolution-input.js';
import { ResolveElsewhere } from './resolve-elsewhere.js';
import type { Room } from './rooms.store.js';
import type { StateStore } from './state.store.js';

/** Events that are resolved on the event loop: a thousand take some 10 ms. */
const FEW = 400;

/**
 * The one state that follows from several states of a room. What it costs depends on where they differ, not on how large
 * they are; what was resolved once is remembered.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
 */
export class StateResolver {
  /** the snapshots that were resolved -> the snapshot of the outcome */
  readonly #resolved: Cache<string, number>;
  readonly #elsewhere = new ResolveElsewhere();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly state: StateStore;
      readonly inputs: ResolutionInputs;
      readonly caches: Caches;
    },
  ) {
    this.#resolved = deps.caches.lru('resolved states', { share: 0.002, entryBytes: 250 });
  }

  /**
   * The snapshot of the resolved state, made when there is none yet.
   *
   * @param snapshots undefined stands for the empty state
   * @param tx given where all must happen inside a transaction
   */
  async resolve(room: Room, snapshots: readonly (number | undefined)[], tx?: Transaction): Promise<number | undefined> {
    const different = [...new Set(snapshots)].sort((a, b) => (a ?? 0) - (b ?? 0));
    const [first] = different;
    if (different.length < 2) return first;
    const key = different.join(' ');
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const outcome = await this.#resolve(room, different, tx);
    if (outcome === undefined) return undefined;
    this.#resolved.set(key, outcome);
    tx?.afterUndo(() => this.#resolved.delete(key));
    return outcome;
  }

  async #resolve(room: Room, snapshots: readonly (number | undefined)[], tx: Transaction | undefined) {
    const { db, state, inputs } = this.deps;
    const reader: Reader = tx ?? db;
    const differences = await state.difference(reader, snapshots);
    if (differences.size === 0) return snapshots[0];
    const input = await inputs.read(reader, room, snapshots, differences);
    const isLarge = input.events.size > FEW && tx === undefined;
    const resolved = isLarge ? await this.#elsewhere.resolve(room.rules, input) : resolve(room, input);
    if (isLarge) await turn();
    const winners = winnersOf(input, resolved);
    if (isLarge) await turn();
    const changes: Map<number, number>[] = [];
    for (const place of snapshots.keys()) {
      changes.push(changesFrom(differences, winners, place));
      if (isLarge) await turn();
    }
    const least = Math.min(...changes.map((delta) => delta.size));
    const place = changes.findIndex((delta) => delta.size === least);
    const [base, delta] = [snapshots[place], changes[place] ?? new Map<number, number>()];
    if (delta.size === 0) return base;
    return tx ? state.insert(tx, base, delta) : state.insertLarge(db, base, delta);
  }
}

const resolve = ({ rules }: Room, { stateSets, lookup }: ResolutionInput): StateMap =>
  resolveState(rules, stateSets, lookup);

/** For each conflicted entry the number of the event that won, 0 for none. */
function winnersOf(input: ResolutionInput, resolved: ReadonlyMap<string, EventId>): Map<number, number> {
  const winners = new Map<number, number>();
  for (const [stateNid, key] of input.conflicted) {
    const id = resolved.get(key);
    winners.set(stateNid, (id !== undefined && input.nids.get(id)) || 0);
  }
  return winners;
}

/** What changes from the state at `place` to the outcome. */
function changesFrom(
  differences: ReadonlyMap<number, readonly number[]>,
  winners: ReadonlyMap<number, number>,
  place: number,
): Map<number, number> {
  const delta = new Map<number, number>();
  for (const [stateNid, values] of differences) {
    const winner = winners.get(stateNid) ?? 0;
    if (values[place] !== winner) delta.set(stateNid, winner);
  }
  return delta;
}

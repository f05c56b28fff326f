import { turn } from '../../base/yield.js';
import type { Reader } from '../../storage/database.js';
import type { EventStore } from './events.store.js';
import type { GraphStore } from './graph.store.js';
import type { StateStore } from './state.store.js';

interface Doubtful {
  /** a state, of which all but the differences is shared by all states */
  readonly base: number | undefined;
  readonly differences: ReadonlyMap<number, readonly number[]>;
  /** the auth chains of the conflicted events */
  readonly edges: ReadonlyMap<number, readonly number[]>;
  readonly conflictedNids: ReadonlySet<number>;
  /** shared entries that are known to matter: state nid -> event nid */
  readonly agreed: ReadonlyMap<number, number>;
}

/** Events looked for one by one from below; where more are in doubt, all of the state is looked through from above. */
const FEW = 20;
/** Events looked at on the way up from one. */
const MOST_ON_THE_WAY = 5_000;
const AT_ONCE = 1_000;

/**
 * Finds which events of the conflicted events' auth chains also lie in the auth chain of an entry that all states share:
 * those are in all auth chains, and no part of the auth difference.
 */
export class AgreedChains {
  constructor(
    private readonly deps: { readonly events: EventStore; readonly graph: GraphStore; readonly state: StateStore },
  ) {}

  /** @returns nid of a shared entry's event outside of the chains -> nids of the events in doubt in its auth chain */
  async find(db: Reader, given: Doubtful): Promise<Map<number, number[]>> {
    const { base } = given;
    const doubts = this.#doubts(given);
    if (base === undefined || doubts.size === 0) return new Map();
    if (doubts.size > FEW) return this.#fromAbove(db, base, given, doubts);
    const found = new Map<number, number[]>();
    for (const nid of doubts) {
      const above = await this.#fromBelow(db, base, given, nid);
      if (above === 'too many') return this.#fromAbove(db, base, given, doubts);
      if (above !== undefined) found.set(above, [...(found.get(above) ?? []), nid]);
    }
    return found;
  }

  /** The events of the chains that are neither conflicted nor known to lie in all chains. */
  #doubts({ edges, conflictedNids, agreed }: Doubtful): Set<number> {
    const common = new Set<number>();
    const open = [...agreed.values()].filter((nid) => edges.has(nid));
    for (let nid = open.pop(); nid !== undefined; nid = open.pop()) {
      if (common.size === common.add(nid).size) continue;
      open.push(...(edges.get(nid) ?? []));
    }
    return new Set([...edges.keys()].filter((nid) => !conflictedNids.has(nid) && !common.has(nid)));
  }

  /** An event of a shared entry that has `nid` in its auth chain. */
  async #fromBelow(
    db: Reader,
    base: number,
    { differences }: Doubtful,
    nid: number,
  ): Promise<number | 'too many' | undefined> {
    const { graph, events, state } = this.deps;
    const seen = new Set([nid]);
    for (let open = [nid]; open.length > 0; ) {
      if (seen.size > MOST_ON_THE_WAY) return 'too many';
      const above = await graph.dependents(db, open, MOST_ON_THE_WAY);
      open = above.filter((other) => !seen.has(other));
      for (const other of open) seen.add(other);
      const stateNids = await events.stateNids(db, open);
      const wanted = [...new Set(stateNids.values())].filter((stateNid) => !differences.has(stateNid));
      const entries = (await state.some(db, [base], wanted)).get(base);
      const hit = open.find((other) => entries?.get(stateNids.get(other) ?? 0) === other);
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  /** All that is found is told of one entry: which of them leads there makes no difference. */
  async #fromAbove(
    db: Reader,
    base: number,
    { differences, edges }: Doubtful,
    doubts: ReadonlySet<number>,
  ): Promise<Map<number, number[]>> {
    const { graph, state } = this.deps;
    const shared = [...(await state.all(db, base))].filter(([stateNid]) => !differences.has(stateNid));
    const roots = shared.map(([, nid]) => nid).filter((nid) => !edges.has(nid));
    const [first] = roots;
    const found: number[] = [];
    const seen = new Set(roots);
    for (let open = roots; open.length > 0 && found.length < doubts.size; ) {
      const some = open.slice(0, AT_ONCE);
      const below = new Set([...(await graph.edges(db, some)).values()].flat());
      const news = [...below].filter((nid) => !seen.has(nid));
      for (const nid of news) seen.add(nid);
      found.push(...news.filter((nid) => doubts.has(nid)));
      open = [...open.slice(AT_ONCE), ...news];
      await turn();
    }
    return first === undefined || found.length === 0 ? new Map() : new Map([[first, found]]);
  }
}

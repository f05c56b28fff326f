import type { SrvRecord } from '../../net/dns.js';

/**
 * The order in which servers of a service are tried: those of the lowest priority first, and among equals by lot, each
 * as often as its weight says.
 *
 * @param random a number in [0, 1)
 * @see https://www.rfc-editor.org/rfc/rfc2782
 */
export function srvOrder(records: readonly SrvRecord[], random: () => number = Math.random): SrvRecord[] {
  const byPriority = Map.groupBy(records, ({ priority }) => priority);
  return [...byPriority.entries()].sort(([a], [b]) => a - b).flatMap(([, equals]) => byLot(equals, random));
}

function byLot(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const left = records.toSorted((a, b) => a.weight - b.weight);
  const order: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = Math.floor(random() * (total + 1));
    let sum = 0;
    const at = left.findIndex(({ weight }) => {
      sum += weight;
      return sum >= drawn;
    });
    order.push(...left.splice(Math.max(at, 0), 1));
  }
  return order;
}

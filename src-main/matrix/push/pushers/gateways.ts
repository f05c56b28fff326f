import type { Milliseconds } from '../../../base/clock.js';
import { parseOwn, stringAt } from '../../../base/json.js';
import { type Database, statement } from '../../../storage/database.js';

/** A service that apps are notified through, and how it took what it was sent last. */
export interface Gateway {
  /** a host name, or `e-mail` */
  readonly name: string;
  readonly apps: number;
  /** undefined: it takes what it is sent, for one app at least */
  readonly failingSince: Milliseconds | undefined;
}

const MOST_PUSHERS = 20_000;

const all = statement<[number], { kind: string; data: string; failing_since: number | null }>(
  'SELECT kind, data, failing_since FROM pushers ORDER BY pusher_id LIMIT ?',
);

/** Which gateways this server sends notifications to. */
export class Gateways {
  constructor(private readonly db: Database) {}

  async list(): Promise<Gateway[]> {
    const rows = await this.db.all(all, MOST_PUSHERS);
    const byName = Map.groupBy(rows, ({ kind, data }) => (kind === 'email' ? 'e-mail' : hostIn(data)));
    return [...byName].map(([name, pushers]) => {
      const failing = pushers.flatMap((pusher) => pusher.failing_since ?? []);
      const isDown = failing.length === pushers.length;
      return { name, apps: pushers.length, failingSince: isDown ? Math.min(...failing) : undefined };
    });
  }
}

function hostIn(data: string): string {
  const url = stringAt(parseOwn(data), 'url') ?? '';
  return URL.canParse(url) ? new URL(url).host : '?';
}

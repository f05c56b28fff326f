import type { Clock, Milliseconds } from '../base/clock.js';
import type { AnsweredRequest } from '../http/app.js';

const LOGIN = 'client-server/login.yaml#login';
const INVITES: ReadonlySet<string> = new Set([
  'server-server/invites-v2.yaml#sendInviteV2',
  'server-server/invites-v1.yaml#sendInviteV1',
]);
const HOUR: Milliseconds = 3_600_000;
/** Of more the oldest are forgotten: many enough to say "more than". */
const MOST = 2000;

interface Occurrence {
  readonly at: Milliseconds;
  readonly by: string;
}

/** How often something happened within the last hour, and by how many. */
export interface HourCount {
  readonly count: number;
  readonly by: number;
  /** who did it most */
  readonly most: { readonly name: string; readonly count: number } | undefined;
}

/** Sign-ins that failed and invitations from other servers, of the last hour, in memory. */
export class ReplyCounts {
  readonly #failedLogins: Occurrence[] = [];
  readonly #invites: Occurrence[] = [];

  constructor(private readonly clock: Clock) {}

  /** Called at every reply: two comparisons, mostly. */
  note({ spec, status, address, caller }: AnsweredRequest): void {
    if (spec === LOGIN) {
      if (status === 403 || status === 429) this.#add(this.#failedLogins, address);
    } else if (INVITES.has(spec) && status < 300) {
      this.#add(this.#invites, caller ?? '');
    }
  }

  failedLogins(): HourCount {
    return this.#count(this.#failedLogins);
  }

  /** Invitations for people here that other servers sent and that were let in. */
  invites(): HourCount {
    return this.#count(this.#invites);
  }

  #add(list: Occurrence[], by: string): void {
    list.push({ at: this.clock.now(), by });
    if (list.length > MOST) list.splice(0, MOST / 2);
  }

  #count(list: Occurrence[]): HourCount {
    const since = this.clock.now() - HOUR;
    const first = list.findIndex(({ at }) => at >= since);
    list.splice(0, first < 0 ? list.length : first);
    const counts = new Map<string, number>();
    for (const { by } of list) counts.set(by, (counts.get(by) ?? 0) + 1);
    const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
    return { count: list.length, by: counts.size, most: most && { name: most[0], count: most[1] } };
  }
}

import type { ServerName } from '../../../spec/ids.js';
import type { Position } from '../../../storage/database.js';
import type { Outbox } from './outbox.js';
import type { OutgoingEvents, OutgoingPdu } from './outgoing-events.js';
import { firstThatFit } from './transaction-text.js';

/** PDUs read at once. */
const PAGE = 100;
/** Of a server that was down and missed more than this, only the newest of each room is sent: it asks for the rest. */
export const MOST_REPLAYED = 1_000;

/** What a server that is behind gets next. */
export interface CatchUpPage {
  readonly pdus: readonly OutgoingPdu[];
  /** once they have arrived, all up to here have */
  readonly reached: Position;
}

/** Reads what servers missed. */
export class CatchUp {
  constructor(
    private readonly deps: {
      readonly events: OutgoingEvents;
      /** up to where PDUs were given to the servers that are not behind */
      readonly distributed: () => Position;
    },
  ) {}

  /**
   * What comes next for a server that is behind; undefined when it has everything, and then it is behind no more.
   *
   * @param most PDUs of one transaction
   */
  async next(server: ServerName, box: Outbox, most: number): Promise<CatchUpPage | undefined> {
    for (;;) {
      if (box.plan) {
        const page = await this.#planned(box, most);
        if (page) return page;
      }
      // No await between this look and the change: what is distributed from now on is pushed.
      if (box.behind === undefined || box.behind >= this.deps.distributed()) {
        box.behind = undefined;
        box.wasDown = false;
        return undefined;
      }
      if (box.wasDown && (await this.#isFarBehind(box.behind))) await this.#makePlan(server, box, box.behind);
      else {
        const page = await this.#read(server, box, box.behind, most);
        if (page) return page;
      }
    }
  }

  async #planned(box: Outbox, most: number): Promise<CatchUpPage | undefined> {
    const { positions, upTo } = box.plan ?? { positions: [], upTo: 0 };
    const pdus = firstThatFit(await this.deps.events.at(positions.slice(0, most)), most);
    const reached = pdus.at(-1)?.position;
    if (reached !== undefined) return { pdus, reached };
    box.plan = undefined;
    box.wasDown = false;
    box.behind = Math.max(box.behind ?? 0, upTo);
    return undefined;
  }

  async #isFarBehind(position: Position): Promise<boolean> {
    return (await this.deps.events.countAfter(position, MOST_REPLAYED)) >= MOST_REPLAYED;
  }

  async #makePlan(server: ServerName, box: Outbox, behind: Position): Promise<void> {
    const { events, distributed } = this.deps;
    const upTo = distributed();
    const positions: Position[] = [];
    for (const { roomId, position } of await events.latest(behind)) {
      if (position <= upTo && (await events.serversAt(roomId, position)).has(server)) positions.push(position);
    }
    box.plan = { positions, upTo };
  }

  async #read(server: ServerName, box: Outbox, behind: Position, most: number): Promise<CatchUpPage | undefined> {
    const { events, distributed } = this.deps;
    const seen = distributed();
    const page = (await events.after(behind, PAGE)).filter(({ position }) => position <= seen);
    const relevant: OutgoingPdu[] = [];
    for (const pdu of page) {
      if ((await events.serversAt(pdu.roomId, pdu.position)).has(server)) relevant.push(pdu);
    }
    const pdus = firstThatFit(relevant, most);
    const end = page.at(-1)?.position ?? seen;
    if (pdus.length === 0) {
      box.behind = end;
      return undefined;
    }
    return { pdus, reached: pdus.length < relevant.length ? (pdus.at(-1)?.position ?? behind) : end };
  }
}

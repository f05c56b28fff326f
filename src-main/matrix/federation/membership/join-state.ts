import { Readable } from 'node:stream';
import { turn } from '../../../base/yield.js';
import { stringAt } from '../../../base/json.js';
import type { EventId, ServerName } from '../../../spec/ids.js';
import { domainOf } from '../../../spec/state-view.js';
import type { Graph, RoomReader, StoredEvent } from '../../events/index.js';

interface JoinStateDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly graph: Graph;
}

/** The room as it is handed over. */
interface Handed {
  readonly head: Record<string, unknown>;
  readonly state: readonly EventId[];
  readonly authChain: readonly EventId[];
}

const MEMBER = 'm.room.member';
/** Events written between two turns of the event loop. */
const AT_ONCE = 100;
/** Members who stand for the room's name where it has none. */
const MOST_HEROES = 5;

/**
 * The room that we give to a server whose user joins: the state before the join and all that it rests on. No event is
 * read for it that need not be: the text is passed on as it is stored.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv2send_joinroomideventid
 */
export class JoinState {
  constructor(private readonly deps: JoinStateDeps) {}

  /**
   * The answer as JSON, written piece by piece: a large room's is many megabytes.
   *
   * @param omitMembers leave the members out that a client does not need at first
   */
  async answer(join: StoredEvent, omitMembers: boolean): Promise<Readable> {
    return Readable.from(this.#pieces(await (omitMembers ? this.#withoutMembers(join) : this.#whole(join))));
  }

  /** The same with the status before it, as the first version of the endpoint has it. */
  async oldAnswer(join: StoredEvent): Promise<Readable> {
    return Readable.from(wrapped(this.#pieces(await this.#whole(join))));
  }

  async #whole(join: StoredEvent): Promise<Handed> {
    const { graph, serverName } = this.deps;
    const state = (await graph.stateIdsBefore(join)) ?? [];
    const chain = await graph.authChain([join.eventId, ...state]);
    const head = { origin: serverName, event: join.pdu, members_omitted: false };
    return { head, state, authChain: chain.filter((id) => id !== join.eventId) };
  }

  /** All but the members, and those who give a room without a name its name. */
  async #withoutMembers(join: StoredEvent): Promise<Handed> {
    const { graph, reader, serverName } = this.deps;
    const others = (await graph.stateIdsBefore(join, MEMBER)) ?? [];
    const isNamed = (await reader.events(others)).some(givesName);
    const heroes = isNamed ? [] : await this.#heroes(join);
    const state = [...others, ...heroes];
    const chain = await graph.authChain([join.eventId, ...state]);
    const sent = new Set<EventId>([...state, join.eventId]);
    const head = {
      origin: serverName,
      event: join.pdu,
      members_omitted: true,
      servers_in_room: await this.#servers(join),
    };
    return { head, state, authChain: chain.filter((id) => !sent.has(id)) };
  }

  /** The member events of those after whom a client names the room. */
  async #heroes(join: StoredEvent): Promise<EventId[]> {
    const { reader } = this.deps;
    const others = async (kinds: Parameters<RoomReader['members']>[1]) =>
      (await reader.members(join.roomId, kinds, MOST_HEROES + 1)).filter(({ userId }) => userId !== join.stateKey);
    const here = await others(['join', 'invite']);
    const shown = here.length > 0 ? here : await others(['leave', 'ban']);
    const nids = shown.slice(0, MOST_HEROES).map(({ eventNid }) => eventNid);
    return (await reader.eventsByNid(nids)).map(({ eventId }) => eventId);
  }

  /** The servers that had somebody in the room. */
  async #servers({ roomId, sender }: StoredEvent): Promise<ServerName[]> {
    const { reader, serverName } = this.deps;
    const joining = domainOf(sender);
    return [serverName, ...(await reader.serversIn(roomId))].filter((server) => server !== joining);
  }

  async *#pieces({ head, state, authChain }: Handed): AsyncGenerator<string> {
    yield `${JSON.stringify(head).slice(0, -1)},"state":[`;
    yield* this.#texts(state);
    yield '],"auth_chain":[';
    yield* this.#texts(authChain);
    yield ']}';
  }

  async *#texts(ids: readonly EventId[]): AsyncGenerator<string> {
    let separator = '';
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const texts = await this.deps.graph.texts(ids.slice(start, start + AT_ONCE));
      if (texts.length > 0) yield separator + texts.join();
      if (texts.length > 0) separator = ',';
      await turn();
    }
  }
}

const givesName = ({ type, stateKey, content }: StoredEvent): boolean =>
  stateKey === '' &&
  ((type === 'm.room.name' && !!stringAt(content, 'name')) ||
    (type === 'm.room.canonical_alias' && !!stringAt(content, 'alias')));

async function* wrapped(inner: AsyncGenerator<string>): AsyncGenerator<string> {
  yield '[200,';
  yield* inner;
  yield ']';
}

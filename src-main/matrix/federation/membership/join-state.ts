import { Readable } from 'node:stream';
import { turn } from '../../../base/yield.js';
import { stringAt } from '../../../base/json.js';
import type { EventId, ServerName } from '../../../spec/ids.js';
import { domainOf, membershipIn } from '../../../spec/state-view.js';
import type { Graph, RoomReader, StoredEvent } from '../../events/index.js';

interface JoinStateDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly graph: Graph;
}

/** Events written between two turns of the event loop. */
const AT_ONCE = 100;
/** Members who stand for the room's name where it has none. */
const MOST_HEROES = 5;

/**
 * The room that we give to a server whose user joins: the state before the join and all that it rests on.
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
    return Readable.from(await this.#pieces(join, omitMembers));
  }

  /** The same with the status before it, as the first version of the endpoint has it. */
  async oldAnswer(join: StoredEvent): Promise<Readable> {
    return Readable.from(wrapped(await this.#pieces(join, false)));
  }

  async #pieces(join: StoredEvent, omitMembers: boolean): Promise<AsyncGenerator<string>> {
    const { graph, reader, serverName } = this.deps;
    const before = (await graph.stateBefore(join)) ?? [];
    const state = omitMembers ? await this.#withoutMembers(join, before) : before;
    const chain = await graph.authChain([join.eventId, ...state.map(({ eventId }) => eventId)]);
    const sent = new Set<EventId>(omitMembers ? state.map(({ eventId }) => eventId) : []);
    sent.add(join.eventId);
    const authChain = chain.filter((id) => !sent.has(id));
    const head: Record<string, unknown> = { origin: serverName, event: join.pdu, members_omitted: omitMembers };
    if (omitMembers) head['servers_in_room'] = serversIn(before);
    return pieces(head, state, authChain, (ids) => reader.events(ids));
  }

  /** All but the members, and those who give a room without a name its name. */
  async #withoutMembers(join: StoredEvent, state: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const isNamed = state.some(
      ({ type, stateKey, content }) =>
        stateKey === '' &&
        ((type === 'm.room.name' && !!stringAt(content, 'name')) ||
          (type === 'm.room.canonical_alias' && !!stringAt(content, 'alias'))),
    );
    const heroes = isNamed ? new Set<string>() : await this.#heroes(join);
    return state.filter(({ type, stateKey }) => type !== 'm.room.member' || heroes.has(stateKey ?? ''));
  }

  async #heroes(join: StoredEvent): Promise<Set<string>> {
    const { reader } = this.deps;
    const others = async (kinds: Parameters<RoomReader['members']>[1]) =>
      (await reader.members(join.roomId, kinds, MOST_HEROES + 1)).filter(({ userId }) => userId !== join.stateKey);
    const here = await others(['join', 'invite']);
    const shown = here.length > 0 ? here : await others(['leave', 'ban']);
    return new Set(shown.slice(0, MOST_HEROES).map(({ userId }) => userId));
  }
}

/** The servers that had somebody in the room. */
function serversIn(state: readonly StoredEvent[]): ServerName[] {
  const joined = state.filter(({ type, content }) => type === 'm.room.member' && membershipIn(content) === 'join');
  return [...new Set(joined.map(({ stateKey }) => domainOf(stateKey ?? '')))];
}

async function* pieces(
  head: Record<string, unknown>,
  state: readonly StoredEvent[],
  authChain: readonly EventId[],
  read: (ids: readonly EventId[]) => Promise<StoredEvent[]>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"state":[`;
  let separator = '';
  for (let start = 0; start < state.length; start += AT_ONCE) {
    yield separator +
      state
        .slice(start, start + AT_ONCE)
        .map(textOf)
        .join();
    separator = ',';
    await turn();
  }
  yield '],"auth_chain":[';
  separator = '';
  for (let start = 0; start < authChain.length; start += AT_ONCE) {
    const events = await read(authChain.slice(start, start + AT_ONCE));
    if (events.length > 0) yield separator + events.map(textOf).join();
    if (events.length > 0) separator = ',';
    await turn();
  }
  yield ']}';
}

async function* wrapped(inner: AsyncGenerator<string>): AsyncGenerator<string> {
  yield '[200,';
  yield* inner;
  yield ']';
}

const textOf = ({ pdu }: StoredEvent): string => JSON.stringify(pdu);

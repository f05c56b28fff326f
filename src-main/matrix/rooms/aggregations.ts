import type { JsonObject } from '../../base/json.js';
import type { ClientEvent } from '../../spec/client-event.js';
import type { EventId } from '../../spec/ids.js';
import type { Relation, RelationReader, RoomReader, StoredEvent, ThreadSummary, Visibility } from '../events/index.js';
import type { Viewer } from './viewer.js';

type Render = (events: readonly StoredEvent[], withRelations: false | 'but threads') => Promise<ClientEvent[]>;

/** How events are bundled. A thread in a thread is not followed, or a chain of them would be followed to its end. */
interface Bundling {
  readonly withThreads: boolean;
  readonly render: Render;
}

/** What is bundled of what relates to an event. */
const BUNDLED = ['m.replace', 'm.reference', 'm.thread'];
/** Of one event: references that are shown, and edits that are looked at, the last to come. */
const MOST = { references: 100, edits: 50 };

/**
 * What relates to events, bundled with them: their latest edit, their thread, what refers to them. Reactions are not:
 * clients count them themselves.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
export class Aggregations {
  constructor(
    private readonly deps: {
      readonly relations: RelationReader;
      readonly reader: RoomReader;
      readonly visibility: Visibility;
    },
  ) {}

  /** `m.relations` of those of `events` that have any, by event id. */
  async of(
    events: readonly StoredEvent[],
    viewer: Viewer,
    { withThreads, render }: Bundling,
  ): Promise<ReadonlyMap<EventId, JsonObject>> {
    const parents = await this.#parents(events);
    if (parents.length === 0) return new Map();
    const ids = parents.map((event) => event.eventId);
    // A redacted event is what it was no more, but its thread goes on.
    const whole = parents.filter((event) => event.redactedBy === undefined).map((event) => event.eventId);
    const related = candidates(parents, await this.deps.relations.bundled(whole, MOST));
    const begun = withThreads ? await this.deps.relations.threads(ids, viewer.userId) : [];
    if (related.length === 0 && begun.length === 0) return new Map();
    const visible = await this.#visible(viewer, [
      ...related.map(({ eventNid }) => eventNid),
      ...begun.map(({ latestNid }) => latestNid),
    ]);
    const children = related.filter(({ eventNid }) => visible.has(eventNid));
    const threads = begun.filter(({ latestNid }) => visible.has(latestNid));
    const shown = await this.#rendered(parents, children, threads, render);
    const bundles = new Map<EventId, JsonObject>();
    for (const parent of parents) {
      const bundle = bundleOf(parent, children, threads, shown, viewer);
      if (Object.keys(bundle).length > 0) bundles.set(parent.eventId, bundle);
    }
    return bundles;
  }

  /** Those of `events` with which something could be bundled. */
  async #parents(events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const messages = events.filter((event) => event.stateKey === undefined);
    const [roomId, ...others] = new Set(messages.map((event) => event.roomId));
    const ids = messages.map((event) => event.eventId);
    const oneRoom = others.length === 0 ? roomId : undefined;
    const related = new Set(await this.deps.relations.parentsAmong(ids, BUNDLED, oneRoom));
    return messages.filter((event) => related.has(event.eventId));
  }

  /** Whoever left a room, or came late, may see an event and not what relates to it. */
  async #visible({ userId }: Viewer, nids: readonly number[]): Promise<ReadonlySet<number>> {
    const { reader, visibility } = this.deps;
    const byRoom = Map.groupBy(await reader.eventsByNid(nids), ({ roomId }) => roomId);
    const visible = new Set<number>();
    for (const [roomId, events] of byRoom) {
      for (const { nid } of await visibility.seenWhole(userId, roomId, events)) visible.add(nid);
    }
    return visible;
  }

  /** Edits and last messages of threads, rendered all at once. */
  async #rendered(
    parents: readonly StoredEvent[],
    children: readonly Relation[],
    threads: readonly ThreadSummary[],
    render: Render,
  ): Promise<Rendered> {
    const edits = await this.deps.reader.eventsByNid(
      children.filter(({ relType }) => relType === 'm.replace').map(({ eventNid }) => eventNid),
    );
    const latestEdits = new Map<EventId, StoredEvent>();
    for (const parent of parents) {
      const latest = latestEdit(parent, edits, children);
      if (latest) latestEdits.set(parent.eventId, latest);
    }
    const latest = await this.deps.reader.eventsByNid(threads.map(({ latestNid }) => latestNid));
    const rendered = [...(await render([...latestEdits.values()], false)), ...(await render(latest, 'but threads'))];
    const byId = new Map(rendered.map((event) => [event.event_id, event]));
    return {
      edits: new Map([...latestEdits].map(([parentId, edit]) => [parentId, byId.get(edit.eventId)])),
      latest: new Map(latest.map((event) => [event.nid, byId.get(event.eventId)])),
    };
  }
}

/** Of each parent the last edits that can count, and the first references. */
function candidates(parents: readonly StoredEvent[], children: readonly Relation[]): Relation[] {
  const byParent = Map.groupBy(children, ({ parentId }) => parentId);
  return parents.flatMap(({ eventId, sender, type }) => {
    const own = byParent.get(eventId) ?? [];
    const edits = own.filter(
      (child) => child.relType === 'm.replace' && child.sender === sender && child.type === type,
    );
    const references = own.filter(({ relType }) => relType === 'm.reference');
    return [...edits.slice(-MOST.edits), ...references.slice(0, MOST.references)];
  });
}

interface Rendered {
  readonly edits: ReadonlyMap<EventId, ClientEvent | undefined>;
  readonly latest: ReadonlyMap<number, ClientEvent | undefined>;
}

function bundleOf(
  parent: StoredEvent,
  children: readonly Relation[],
  threads: readonly ThreadSummary[],
  shown: Rendered,
  viewer: Viewer,
): JsonObject {
  const edit = shown.edits.get(parent.eventId);
  const references = children.filter((child) => child.parentId === parent.eventId && child.relType === 'm.reference');
  const thread = threads.find(({ rootId }) => rootId === parent.eventId);
  const latest = thread && shown.latest.get(thread.latestNid);
  return {
    ...(edit && { 'm.replace': edit }),
    ...(references.length > 0 && {
      'm.reference': { chunk: references.map(({ eventId }) => ({ event_id: eventId })) },
    }),
    ...(thread &&
      latest && {
        'm.thread': {
          latest_event: latest,
          count: thread.replies,
          current_user_participated: thread.hasParticipated || parent.sender === viewer.userId,
        },
      }),
  };
}

/** Only the sender edits, and an edit has the type of what it edits; the latest by its own time counts. */
function latestEdit(parent: StoredEvent, edits: readonly StoredEvent[], children: readonly Relation[]) {
  const nids = new Set(children.filter(({ parentId }) => parentId === parent.eventId).map(({ eventNid }) => eventNid));
  let latest: StoredEvent | undefined;
  for (const edit of edits) {
    if (!nids.has(edit.nid) || edit.sender !== parent.sender || edit.type !== parent.type) continue;
    if (!latest || isLater(edit, latest)) latest = edit;
  }
  return latest;
}

const isLater = (a: StoredEvent, b: StoredEvent): boolean =>
  a.originServerTs === b.originServerTs ? a.eventId > b.eventId : a.originServerTs > b.originServerTs;

import type { Events } from '../../matrix/events/index.js';
import type { MessageTimes } from '../../matrix/federation/index.js';
import type { Servers } from '../../matrix/servers/index.js';
import type { EventId } from '../../spec/ids.js';
import type { MessageWay } from '../contract.js';
import { roomNames } from './server-more.js';

export interface MessageWayDeps {
  readonly events: Pick<Events, 'reader'>;
  readonly times: Pick<MessageTimes, 'of'>;
  readonly servers: Pick<Servers, 'serverName' | 'peers'>;
}

/** Where a message was on its way here, and when. */
export async function wayOf(
  { events, times, servers }: MessageWayDeps,
  eventId: EventId,
): Promise<MessageWay | undefined> {
  const event = await events.reader.event(eventId);
  if (!event) return undefined;
  const { roomId, sender } = event;
  const origin = sender.slice(sender.indexOf(':') + 1);
  const isOwn = origin === servers.serverName;
  const names = await roomNames(events, [roomId]);
  return {
    eventId,
    roomId,
    roomName: names.get(roomId),
    sender,
    isOwn,
    saidSent: event.originServerTs,
    clockAhead: isOwn ? 0 : await servers.peers.clockAhead(origin),
    times: times.of(eventId),
  };
}

/** The event id in what a person pasted: the id itself, or a link to it. */
export function eventIdIn(text: string): EventId | undefined {
  const found = /\$[A-Za-z0-9_\-+/=.~:]{1,254}/.exec(decoded(text));
  return found?.[0] as EventId | undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

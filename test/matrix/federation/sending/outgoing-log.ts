import type { OutgoingEvents, OutgoingPdu } from '../../../../src-main/matrix/federation/sending/outgoing-events.js';
import type { News } from '../../../../src-main/storage/news.js';

/** Outgoing events of rooms, kept in memory: `!elsewhere` has no other servers, all other rooms have those given. */
export class OutgoingLog {
  readonly pdus: OutgoingPdu[] = [];
  released = 0;

  constructor(
    private readonly servers: readonly string[],
    private readonly news?: News,
  ) {}

  add(roomId: string, text?: string): OutgoingPdu {
    const position = this.pdus.length + 1;
    const eventId = `$${position}`;
    const pdu = { position, eventId, roomId, text: text ?? JSON.stringify({ event_id: eventId }) } as OutgoingPdu;
    this.pdus.push(pdu);
    this.news?.announce([this.events.topic], position);
    return pdu;
  }

  get events(): OutgoingEvents {
    const after = (position: number) => this.pdus.filter((pdu) => pdu.position > position);
    return {
      topic: 'stream:outgoing events of a test',
      next: async (position, limit) => {
        const page = after(position).slice(0, limit);
        return page.map((pdu) => ({ pdu, servers: new Set(pdu.roomId === '!elsewhere' ? [] : this.servers) }));
      },
      after: async (position, limit) => after(position).slice(0, limit),
      countAfter: async (position, limit) => Math.min(limit, after(position).length),
      before: async (count) => this.pdus.at(-1 - count)?.position,
      at: async (positions) => this.pdus.filter(({ position }) => positions.includes(position)),
      latest: async (position) => {
        const byRoom = new Map(after(position).map((pdu) => [pdu.roomId, pdu]));
        return [...byRoom.values()].sort((a, b) => a.position - b.position);
      },
      serversAt: async (roomId) => new Set(roomId === '!elsewhere' ? [] : this.servers),
      release: async (position) => {
        this.released = position;
      },
    };
  }
}

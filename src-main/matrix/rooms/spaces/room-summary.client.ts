import { endpoint, type UserCaller } from '../../../http/endpoint.js';
import { listParam } from '../../../http/shapes.js';
import { roomIdOrAlias } from '../../../spec/shapes.js';
import type { Directory } from '../directory.js';
import type { RoomSummaries } from './room-summary.js';

const UNSTABLE = '/_matrix/client/unstable/im.nheko.summary';

const shape = { params: { roomIdOrAlias }, query: { via: listParam() } };

interface SummaryRequest {
  readonly caller: UserCaller | undefined;
  readonly params: { readonly roomIdOrAlias: string };
  readonly query: { readonly via: readonly string[] };
}

const summaryFor = (summaries: RoomSummaries, directory: Directory) => async (request: SummaryRequest) => {
  const { roomId, servers } = await directory.roomOf(request.params.roomIdOrAlias);
  return summaries.of(roomId, request.caller?.userId, [...request.query.via, ...servers]);
};

export const roomSummaryEndpoints = (summaries: RoomSummaries, directory: Directory) => [
  endpoint({
    spec: 'client-server/room_summary.yaml#getRoomSummary',
    method: 'GET',
    path: '/_matrix/client/v1/room_summary/:roomIdOrAlias',
    auth: 'optional',
    ...shape,
    handle: summaryFor(summaries, directory),
  }),
  endpoint({
    // From before the spec had it, and what most clients still call: two facts have names of their own.
    spec: '-',
    method: 'GET',
    path: `${UNSTABLE}/rooms/:roomIdOrAlias/summary`,
    aliases: [`${UNSTABLE}/summary/:roomIdOrAlias`],
    auth: 'optional',
    ...shape,
    async handle(request) {
      const summary = await summaryFor(summaries, directory)(request);
      const { room_version: version, encryption } = summary;
      return {
        ...summary,
        'im.nheko.summary.version': version,
        'im.nheko.summary.room_version': version,
        ...(encryption !== undefined && { 'im.nheko.summary.encryption': encryption }),
      };
    },
  }),
];

import { Type } from 'typebox';
import { endpoint, type UserCaller } from '../../../http/endpoint.js';
import { badJson } from '../../../spec/errors.js';
import { jsonObject, userId } from '../../../spec/shapes.js';
import type { ServerNotices } from './server-notices.js';

const PATH = '/_synapse/admin/v1/send_server_notice';
const body = Type.Object({
  user_id: userId,
  content: jsonObject,
  type: Type.Optional(Type.String()),
  state_key: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});

interface Sent {
  readonly caller: UserCaller;
  readonly body: Type.Static<typeof body>;
  readonly canonicalNumbers: boolean;
}

/** Administrators tell people what they have to know. Synapse's admin endpoints, not the spec's. */
export function serverNoticeEndpoints(notices: ServerNotices) {
  const send = async ({ caller, body: said, canonicalNumbers }: Sent, txnId?: string) => {
    if (!canonicalNumbers) throw badJson('events may hold integers only, within ±(2^53 - 1)');
    const eventId = await notices.send({
      userId: said.user_id,
      type: said.type ?? 'm.room.message',
      stateKey: said.state_key ?? undefined,
      content: said.content,
      // Transactions of an administrator, apart from those of their devices.
      transaction: txnId === undefined ? undefined : { deviceId: `notices of ${caller.userId}`, txnId },
    });
    return { event_id: eventId };
  };
  return [
    endpoint({
      spec: '-',
      method: 'POST',
      path: PATH,
      auth: 'admin',
      body,
      handle: (request) => send(request),
    }),
    endpoint({
      spec: '-',
      method: 'PUT',
      path: `${PATH}/:txnId`,
      auth: 'admin',
      params: { txnId: Type.String({ maxLength: 512 }) },
      body,
      handle: (request) => send(request, request.params.txnId),
    }),
  ];
}

import { Type } from 'typebox';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { forbidden, notFound } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { jsonObject, roomId, userId } from '../../spec/shapes.js';
import type { AccountDataKeeper } from './account-data.js';

const GLOBAL = '/user/:userId/account_data/:type';
const OF_ROOM = '/user/:userId/rooms/:roomId/account_data/:type';
const CLIENT = '/_matrix/client/v3';
const UNSTABLE = '/_matrix/client/unstable/org.matrix.msc3391';
const globalParams = { userId, type: Type.String({ minLength: 1 }) };
const roomParams = { ...globalParams, roomId };

export const accountDataEndpoints = (accountData: AccountDataKeeper) => [
  endpoint({
    spec: 'client-server/account-data.yaml#getAccountData',
    method: 'GET',
    path: `${CLIENT}${GLOBAL}`,
    r0: true,
    auth: 'user',
    params: globalParams,
    async handle({ caller, params }) {
      requireSelf(caller, params.userId);
      return found(await accountData.get(params.userId, undefined, params.type));
    },
  }),
  endpoint({
    spec: 'client-server/account-data.yaml#setAccountData',
    method: 'PUT',
    path: `${CLIENT}${GLOBAL}`,
    r0: true,
    auth: 'user',
    params: globalParams,
    body: jsonObject,
    async handle({ caller, params, body }) {
      requireSelf(caller, params.userId);
      await accountData.setByClient(params.userId, { roomId: undefined, type: params.type, content: body });
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/account-data.yaml#getAccountDataPerRoom',
    method: 'GET',
    path: `${CLIENT}${OF_ROOM}`,
    r0: true,
    auth: 'user',
    params: roomParams,
    async handle({ caller, params }) {
      requireSelf(caller, params.userId);
      return found(await accountData.get(params.userId, params.roomId, params.type));
    },
  }),
  endpoint({
    spec: 'client-server/account-data.yaml#setAccountDataPerRoom',
    method: 'PUT',
    path: `${CLIENT}${OF_ROOM}`,
    r0: true,
    auth: 'user',
    params: roomParams,
    body: jsonObject,
    async handle({ caller, params, body }) {
      requireSelf(caller, params.userId);
      await accountData.setByClient(params.userId, { roomId: params.roomId, type: params.type, content: body });
      return {};
    },
  }),
  ...deletionEndpoints(accountData),
];

/** Not in the spec yet: MSC3391, which clients call where the server says that it knows it. */
const deletionEndpoints = (accountData: AccountDataKeeper) => {
  const remove = async (caller: UserCaller, params: { userId: UserId; type: string; roomId?: RoomId }) => {
    requireSelf(caller, params.userId);
    await accountData.setByClient(params.userId, { roomId: params.roomId, type: params.type, content: {} });
    return {};
  };
  return [
    endpoint({
      spec: '-',
      method: 'DELETE',
      path: `${UNSTABLE}${GLOBAL}`,
      auth: 'user',
      params: globalParams,
      handle: ({ caller, params }) => remove(caller, params),
    }),
    endpoint({
      spec: '-',
      method: 'DELETE',
      path: `${UNSTABLE}${OF_ROOM}`,
      auth: 'user',
      params: roomParams,
      handle: ({ caller, params }) => remove(caller, params),
    }),
  ];
};

function requireSelf(caller: UserCaller, userId: UserId): void {
  if (caller.userId !== userId) throw forbidden('this is the account data of somebody else');
}

function found<T>(content: T | undefined): T {
  if (content === undefined) throw notFound('there is no such account data');
  return content;
}

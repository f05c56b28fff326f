import { Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { forbidden, missingParam } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import { jsonObject, userId } from '../../spec/shapes.js';
import type { Profiles } from './profile.js';

/** A profile has 64 KiB at most; JSON may write each byte of it as six. */
const MOST_BODY = 512 * 1024;
const FIELD = '/_matrix/client/v3/profile/:userId/:keyName';
const UNSTABLE_FIELD = ['/_matrix/client/unstable/uk.tcpip.msc4133/profile/:userId/:keyName'];
const fieldParams = { userId, keyName: Type.String() };

/** Changing one's own profile; who may read it depends on rooms, see there. */
export const profileEndpoints = (profiles: Profiles) => [
  endpoint({
    spec: 'client-server/profile.yaml#setProfileField',
    method: 'PUT',
    path: FIELD,
    r0: true,
    aliases: UNSTABLE_FIELD,
    auth: 'guest',
    params: fieldParams,
    maxBody: MOST_BODY,
    body: jsonObject,
    async handle({ caller, params, body }) {
      requireSelf(caller, params.userId);
      await profiles.setField(params.userId, params.keyName, valueIn(body, params.keyName));
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/profile.yaml#deleteProfileField',
    method: 'DELETE',
    path: FIELD,
    aliases: UNSTABLE_FIELD,
    auth: 'guest',
    params: fieldParams,
    async handle({ caller, params }) {
      requireSelf(caller, params.userId);
      await profiles.removeField(params.userId, params.keyName);
      return {};
    },
  }),
];

function valueIn(body: JsonObject, keyName: string) {
  const value = Object.hasOwn(body, keyName) ? body[keyName] : undefined;
  if (value === undefined) throw missingParam(`the body's key ${keyName.slice(0, 100)} is missing`);
  return value;
}

function requireSelf(caller: UserCaller, userId: UserId): void {
  if (caller.userId !== userId) throw forbidden('this is the profile of somebody else');
}

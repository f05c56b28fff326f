import { Type } from 'typebox';
import type { JsonObject } from '../../../base/json.js';
import { endpoint } from '../../../http/endpoint.js';
import { invalidParam, missingParam } from '../../../spec/errors.js';
import type { NewPusher, Pushers } from './pushers.js';
import type { Pusher } from './pushers.store.js';

const MOST_PUSHKEY_BYTES = 512;
const name = () => Type.Optional(Type.String({ maxLength: 1_000 }));

/** MSC3881: pushers that are switched off, from any session. */
const ENABLED = 'org.matrix.msc3881.enabled';
const DEVICE = 'org.matrix.msc3881.device_id';

const body = Type.Object({
  kind: Type.Union([Type.String(), Type.Null()]),
  app_id: Type.String({ maxLength: 64 }),
  pushkey: Type.String({ maxLength: MOST_PUSHKEY_BYTES }),
  app_display_name: name(),
  device_display_name: name(),
  profile_tag: name(),
  lang: name(),
  data: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object' })),
  append: Type.Optional(Type.Boolean()),
  [ENABLED]: Type.Optional(Type.Boolean()),
});

/** @throws MatrixError M_MISSING_PARAM naming all that is missing; M_INVALID_PARAM for a kind that is none */
function newPusher(given: {
  readonly kind: string;
  readonly app_id: string;
  readonly pushkey: string;
  readonly app_display_name?: string;
  readonly device_display_name?: string;
  readonly profile_tag?: string;
  readonly lang?: string;
  readonly data?: JsonObject;
  readonly [ENABLED]?: boolean;
}): NewPusher {
  const { kind, app_display_name: app, device_display_name: device, lang, data } = given;
  if (app === undefined || device === undefined || lang === undefined || data === undefined) {
    const needed = ['app_display_name', 'device_display_name', 'lang', 'data'] as const;
    throw missingParam(`missing: ${needed.filter((key) => given[key] === undefined).join(', ')}`);
  }
  if (kind !== 'http' && kind !== 'email') throw invalidParam('kind is http or email');
  return {
    kind,
    appId: given.app_id,
    pushkey: given.pushkey,
    appDisplayName: app,
    deviceDisplayName: device,
    profileTag: given.profile_tag ?? '',
    lang,
    data,
    isEnabled: given[ENABLED] ?? true,
  };
}

const shown = (pusher: Pusher) => ({
  pushkey: pusher.pushkey,
  kind: pusher.kind,
  app_id: pusher.appId,
  app_display_name: pusher.appDisplayName,
  device_display_name: pusher.deviceDisplayName,
  profile_tag: pusher.profileTag,
  lang: pusher.lang,
  data: pusher.data,
  [ENABLED]: pusher.isEnabled,
  ...(pusher.deviceId !== undefined && { [DEVICE]: pusher.deviceId }),
});

export const pusherEndpoints = (pushers: Pushers) => [
  endpoint({
    spec: 'client-server/pusher.yaml#getPushers',
    method: 'GET',
    path: '/_matrix/client/v3/pushers',
    r0: true,
    auth: 'user',
    handle: async ({ caller }) => ({ pushers: (await pushers.list(caller.userId)).map(shown) }),
  }),
  endpoint({
    spec: 'client-server/pusher.yaml#postPusher',
    method: 'POST',
    path: '/_matrix/client/v3/pushers/set',
    r0: true,
    auth: 'user',
    body,
    async handle({ caller, body: { kind, append, ...given } }) {
      if (Buffer.byteLength(given.pushkey) > MOST_PUSHKEY_BYTES) {
        throw invalidParam(`a pushkey may have ${MOST_PUSHKEY_BYTES} bytes`);
      }
      if (kind === null) await pushers.remove(caller.userId, given.app_id, given.pushkey);
      else await pushers.set(caller, newPusher({ kind, ...given }), append ?? false);
      return {};
    },
  }),
];

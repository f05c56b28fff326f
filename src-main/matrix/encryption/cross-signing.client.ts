import { Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { jsonObject } from '../../spec/shapes.js';
import { authData } from '../accounts/index.js';
import type { CrossSigning } from './cross-signing.js';
import type { KeySignatures } from './key-signatures.js';
import { byUser, mapOf, maybe } from './wire.js';

const key = maybe(
  Type.Object({
    user_id: Type.String(),
    usage: Type.Array(Type.String()),
    keys: mapOf(Type.String()),
    signatures: Type.Optional(mapOf(mapOf(Type.String()))),
  }),
);
const given = (value: unknown): JsonObject | undefined => (value ?? undefined) as JsonObject | undefined;

/** Publishing cross-signing keys and what is signed with them. */
export const crossSigningEndpoints = (crossSigning: CrossSigning, signatures: KeySignatures): Endpoint[] => [
  endpoint({
    spec: 'client-server/cross_signing.yaml#uploadCrossSigningKeys',
    method: 'POST',
    path: '/_matrix/client/v3/keys/device_signing/upload',
    aliases: ['/_matrix/client/unstable/keys/device_signing/upload'],
    auth: 'user',
    body: Type.Object({
      master_key: key,
      self_signing_key: key,
      user_signing_key: key,
      auth: authData,
    }),
    badBody: 'M_BAD_JSON',
    async handle({ caller, body }) {
      const keys = {
        master: given(body.master_key),
        self_signing: given(body.self_signing_key),
        user_signing: given(body.user_signing_key),
      };
      await crossSigning.upload(caller, keys, body.auth ?? undefined);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/cross_signing.yaml#uploadCrossSigningSignatures',
    method: 'POST',
    path: '/_matrix/client/v3/keys/signatures/upload',
    aliases: ['/_matrix/client/unstable/keys/signatures/upload'],
    auth: 'guest',
    body: mapOf(mapOf(jsonObject)),
    badBody: 'M_BAD_JSON',
    async handle({ caller, body }) {
      const failures: Record<string, Record<string, unknown>> = {};
      const found = await signatures.upload(caller.userId, new Map(byUser(body)));
      for (const [userId, ofUser] of Object.entries(found)) {
        const bodies = Object.entries(ofUser).map(([name, error]) => [name, error.toBody()]);
        failures[userId] = Object.fromEntries(bodies);
      }
      return { failures };
    },
  }),
];

import { type Static, Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { authData, orNothing } from './auth-data.js';
import { checkSecret } from './third-party/addresses.js';
import type { AddressBook } from './third-party/address-book.js';
import type { Bindings } from './third-party/bindings.js';
import type { ThirdPartyIds } from './third-party-ids.js';
import type { Uia } from './uia.js';

const MOST_BODY = 64 * 1024;
const MOST_TEXT = 512;
const MOST_TOKEN = 4096;
const PATH = '/_matrix/client/v3/account/3pid';

const credentials = {
  client_secret: Type.String({ maxLength: MOST_TEXT }),
  sid: Type.String({ maxLength: MOST_TEXT }),
};
const credentialsOf = (body: { readonly client_secret: string; readonly sid: string }) => ({
  sid: checkSecret('sid', body.sid),
  clientSecret: checkSecret('client_secret', body.client_secret),
});
const address = Type.Object({
  medium: Type.Enum(['email', 'msisdn']),
  address: Type.String({ maxLength: MOST_TEXT }),
  id_server: orNothing(Type.String({ maxLength: MOST_TEXT })),
});

interface Deps {
  readonly thirdPartyIds: ThirdPartyIds;
  readonly addressBook: AddressBook;
  readonly bindings: Bindings;
  readonly uia: Uia;
}

export const thirdPartyIdEndpoints = (deps: Deps) => [
  listEndpoint(deps),
  addEndpoint(deps),
  oldAddEndpoint(deps),
  deleteEndpoint(deps),
  bindEndpoint(deps),
  unbindEndpoint(deps),
];

const listEndpoint = ({ thirdPartyIds }: Deps) =>
  endpoint({
    spec: 'client-server/administrative_contact.yaml#getAccount3PIDs',
    method: 'GET',
    path: PATH,
    r0: true,
    auth: 'user',
    async handle({ caller }) {
      const ids = await thirdPartyIds.list(caller.userId);
      return {
        threepids: ids.map(({ medium, address, validatedAt, addedAt }) => ({
          medium,
          address,
          validated_at: validatedAt,
          added_at: addedAt,
        })),
      };
    },
  });

const addEndpoint = ({ thirdPartyIds, addressBook, uia }: Deps) =>
  endpoint({
    spec: 'client-server/administrative_contact.yaml#add3PID',
    method: 'POST',
    path: `${PATH}/add`,
    aliases: ['/_matrix/client/unstable/account/3pid/add'],
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: Type.Object({ ...credentials, auth: authData }),
    async handle({ caller, body }) {
      thirdPartyIds.requireChangesAllowed();
      await uia.require({ caller, operation: 'add3PID', auth: body.auth });
      await addressBook.add(caller.userId, credentialsOf(body));
      return {};
    },
  });

const oldCredentials = Type.Object({ ...credentials });

/** What clients used before there was `3pid/add`; it asks for the same proof of who one is. */
const oldAddEndpoint = ({ thirdPartyIds, addressBook, uia }: Deps) =>
  endpoint({
    spec: 'client-server/administrative_contact.yaml#post3PIDs',
    method: 'POST',
    path: PATH,
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: Type.Union([
      Type.Object({ three_pid_creds: oldCredentials, auth: authData }),
      Type.Object({ threePidCreds: oldCredentials, auth: authData }),
    ]),
    badBody: 'M_MISSING_PARAM',
    async handle({ caller, body }) {
      thirdPartyIds.requireChangesAllowed();
      const given: Static<typeof oldCredentials> =
        'three_pid_creds' in body ? body.three_pid_creds : body.threePidCreds;
      await uia.require({ caller, operation: 'add3PID', auth: body.auth });
      await addressBook.add(caller.userId, credentialsOf(given));
      return {};
    },
  });

const deleteEndpoint = ({ thirdPartyIds, addressBook }: Deps) =>
  endpoint({
    spec: 'client-server/administrative_contact.yaml#delete3pidFromAccount',
    method: 'POST',
    path: `${PATH}/delete`,
    aliases: ['/_matrix/client/unstable/account/3pid/delete'],
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: address,
    async handle({ caller, body }) {
      thirdPartyIds.requireChangesAllowed();
      const { medium, address, id_server: idServer } = body;
      const isUnbound = await addressBook.delete(caller.userId, { medium, address, idServer: idServer ?? undefined });
      return { id_server_unbind_result: isUnbound ? 'success' : 'no-support' };
    },
  });

const bindEndpoint = ({ bindings }: Deps) =>
  endpoint({
    spec: 'client-server/administrative_contact.yaml#bind3PID',
    method: 'POST',
    path: `${PATH}/bind`,
    aliases: ['/_matrix/client/unstable/account/3pid/bind'],
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: Type.Object({
      ...credentials,
      id_server: Type.String({ maxLength: MOST_TEXT }),
      id_access_token: Type.String({ maxLength: MOST_TOKEN }),
    }),
    async handle({ caller, body }) {
      const server = { idServer: body.id_server, idAccessToken: body.id_access_token };
      await bindings.bind(caller.userId, server, credentialsOf(body));
      return {};
    },
  });

const unbindEndpoint = ({ bindings }: Deps) =>
  endpoint({
    spec: 'client-server/administrative_contact.yaml#unbind3pidFromAccount',
    method: 'POST',
    path: `${PATH}/unbind`,
    aliases: ['/_matrix/client/unstable/account/3pid/unbind'],
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: address,
    async handle({ caller, body }) {
      const { medium, address, id_server: idServer } = body;
      const isUnbound = await bindings.unbind(caller.userId, { medium, address, idServer: idServer ?? undefined });
      return { id_server_unbind_result: isUnbound ? 'success' : 'no-support' };
    },
  });

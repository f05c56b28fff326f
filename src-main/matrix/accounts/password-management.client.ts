import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { authData } from './auth-data.js';
import type { PasswordManagement } from './password-management.js';
import type { Uia } from './uia.js';

const MOST_BODY = 64 * 1024;
const MOST_TEXT = 512;

export const passwordEndpoints = ({ passwords, uia }: { passwords: PasswordManagement; uia: Uia }) => [
  endpoint({
    spec: 'client-server/password_management.yaml#changePassword',
    method: 'POST',
    path: '/_matrix/client/v3/account/password',
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: Type.Object({
      new_password: Type.String({ maxLength: MOST_TEXT }),
      logout_devices: Type.Optional(Type.Boolean()),
      auth: authData,
    }),
    async handle({ caller, body }) {
      passwords.checkNew(body.new_password);
      await uia.require({ caller, operation: 'changePassword', auth: body.auth });
      await passwords.set(caller.userId, body.new_password, { others: body.logout_devices !== false, keep: caller });
      return {};
    },
  }),
];

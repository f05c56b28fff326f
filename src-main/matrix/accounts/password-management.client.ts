import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { MatrixError } from '../../spec/errors.js';
import { authData } from './auth-data.js';
import type { PasswordManagement } from './password-management.js';
import type { PasswordReset } from './password-reset.js';
import type { Uia } from './uia.js';

const MOST_BODY = 64 * 1024;
const MOST_TEXT = 512;

export const passwordEndpoints = ({
  passwords,
  passwordReset,
  uia,
}: {
  passwords: PasswordManagement;
  passwordReset: PasswordReset;
  uia: Uia;
}) => [
  endpoint({
    spec: 'client-server/password_management.yaml#changePassword',
    method: 'POST',
    path: '/_matrix/client/v3/account/password',
    r0: true,
    auth: 'optional',
    maxBody: MOST_BODY,
    body: Type.Object({
      new_password: Type.String({ maxLength: MOST_TEXT }),
      logout_devices: Type.Optional(Type.Boolean()),
      auth: authData,
    }),
    async handle({ caller, body, address: from }) {
      const { new_password: password, auth } = body;
      const others = body.logout_devices !== false;
      passwords.checkNew(password);
      if (!caller) {
        await passwordReset.reset({ password, signOutOthers: others, auth: auth ?? undefined, from });
        return {};
      }
      if (caller.isGuest) throw new MatrixError(403, 'M_GUEST_ACCESS_FORBIDDEN', 'guests have no password');
      await uia.require({ caller, operation: 'changePassword', auth });
      await passwords.set(caller.userId, password, { others, keep: caller });
      return {};
    },
  }),
];

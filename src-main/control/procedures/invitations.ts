import { Type } from 'typebox';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const YEAR = 366 * 24 * 60 * 60 * 1000;

/** Links that let somebody make an account of their own. */
export const invitationProcedures = (host: ServerHost) =>
  procedures({
    'invitations.list': { input: Type.Undefined(), run: () => host.office().invitations() },
    'invitations.create': {
      input: Type.Object(
        {
          uses: Type.Union([Type.Integer({ minimum: 1, maximum: 1000 }), Type.Null()]),
          lifetime: Type.Union([Type.Integer({ minimum: 60_000, maximum: YEAR }), Type.Null()]),
          label: Type.Optional(Type.String({ maxLength: 100 })),
        },
        closed,
      ),
      async run({ uses, lifetime, label }, { announce, log }) {
        const invitation = await host.office().invite(uses, lifetime, label);
        log.info('invitation created from the console', { uses, expiresAt: invitation.expiresAt });
        announce('invitations.changed');
        return invitation;
      },
    },
    'invitations.revoke': {
      input: Type.Object({ token: Type.String({ minLength: 1, maxLength: 64 }) }, closed),
      async run({ token }, { announce, log }) {
        await host.office().revokeInvitation(token);
        log.info('invitation revoked from the console');
        announce('invitations.changed');
      },
    },
    'invitations.restore': {
      input: Type.Object({ token: Type.String({ minLength: 1, maxLength: 64 }) }, closed),
      async run({ token }, { announce, log }) {
        await host.office().restoreInvitation(token);
        log.info('invitation restored from the console');
        announce('invitations.changed');
      },
    },
  });

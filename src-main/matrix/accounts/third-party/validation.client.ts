import { type Static, Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { safeInteger } from '../../../http/shapes.js';
import { orNothing } from '../auth-data.js';
import { languageOf } from '../pages.js';
import type { ThirdPartyIds } from '../third-party-ids.js';
import { checkSecret } from './addresses.js';
import type { PhoneDelegate } from './phone-delegate.js';
import type { PhoneValidation } from './phone-validation.js';
import type { Validation } from './validation.js';
import type { ValidationPurpose } from './validation.store.js';

const MOST_BODY = 16 * 1024;
const MOST_TEXT = 512;
const MOST_LINK = 4096;

const common = {
  client_secret: Type.String({ maxLength: MOST_TEXT }),
  send_attempt: safeInteger({ minimum: 0 }),
  next_link: orNothing(Type.String({ maxLength: MOST_LINK })),
};
const emailWish = Type.Object({ ...common, email: Type.String({ maxLength: MOST_TEXT }) });
const phoneWish = Type.Object({
  ...common,
  country: Type.String({ minLength: 2, maxLength: 2 }),
  phone_number: Type.String({ maxLength: MOST_TEXT }),
});
const submission = Type.Object({
  sid: Type.String({ maxLength: MOST_TEXT }),
  client_secret: Type.String({ maxLength: MOST_TEXT }),
  token: Type.String({ maxLength: MOST_TEXT }),
});

interface Deps {
  readonly validation: Validation;
  readonly phoneValidation: PhoneValidation;
  readonly phones: PhoneDelegate;
  readonly thirdPartyIds: ThirdPartyIds;
  /** with a slash at the end */
  readonly baseUrl: string;
}

/** The spec's operations for one purpose. */
interface Operations {
  readonly purpose: ValidationPurpose;
  readonly path: string;
  readonly email: string;
  readonly msisdn: string;
}

const OPERATIONS: readonly Operations[] = [
  {
    purpose: 'register',
    path: 'register',
    email: 'client-server/registration.yaml#requestTokenToRegisterEmail',
    msisdn: 'client-server/registration.yaml#requestTokenToRegisterMSISDN',
  },
  {
    purpose: 'password',
    path: 'account/password',
    email: 'client-server/password_management.yaml#requestTokenToResetPasswordEmail',
    msisdn: 'client-server/password_management.yaml#requestTokenToResetPasswordMSISDN',
  },
  {
    purpose: 'add',
    path: 'account/3pid',
    email: 'client-server/administrative_contact.yaml#requestTokenTo3PIDEmail',
    msisdn: 'client-server/administrative_contact.yaml#requestTokenTo3PIDMSISDN',
  },
];

/** Where a client sends the number that came in a text message. */
const PHONE_SUBMIT_PATH = '_matrix/client/unstable/add_threepid/msisdn/submit_token';

export const validationEndpoints = (deps: Deps) => [
  ...OPERATIONS.flatMap((operations) => [emailEndpoint(deps, operations), phoneEndpoint(deps, operations)]),
  phoneSubmitEndpoint(deps.phones),
];

const emailEndpoint = ({ validation, thirdPartyIds }: Deps, { purpose, path, email }: Operations) =>
  endpoint({
    spec: email,
    method: 'POST',
    path: `/_matrix/client/v3/${path}/email/requestToken`,
    r0: true,
    auth: 'none',
    maxBody: MOST_BODY,
    body: emailWish,
    async handle(request) {
      if (purpose === 'add') thirdPartyIds.requireChangesAllowed();
      const { body, address: from } = request;
      const language = languageOf(request.header('accept-language'));
      return { sid: await validation.request({ purpose, email: body.email, from, language, ...attemptOf(body) }) };
    },
  });

const phoneEndpoint = (deps: Deps, { purpose, path, msisdn }: Operations) =>
  endpoint({
    spec: msisdn,
    method: 'POST',
    path: `/_matrix/client/v3/${path}/msisdn/requestToken`,
    r0: true,
    auth: 'none',
    maxBody: MOST_BODY,
    body: phoneWish,
    async handle({ body, address }) {
      if (purpose === 'add') deps.thirdPartyIds.requireChangesAllowed();
      const wish = { country: body.country, phoneNumber: body.phone_number, ...attemptOf(body) };
      const sid = await deps.phoneValidation.request(purpose, wish, address);
      return { sid, submit_url: `${deps.baseUrl}${PHONE_SUBMIT_PATH}` };
    },
  });

/** Not of the spec, which leaves the address to the server: `submit_url` names it. */
const phoneSubmitEndpoint = (phones: PhoneDelegate) =>
  endpoint({
    spec: '-',
    method: 'POST',
    path: `/${PHONE_SUBMIT_PATH}`,
    auth: 'none',
    maxBody: MOST_BODY,
    body: submission,
    async handle({ body }) {
      const success = await phones.submit({ sid: body.sid, clientSecret: body.client_secret }, body.token);
      return { success };
    },
  });

const attemptOf = (body: Pick<Static<typeof emailWish>, keyof typeof common>) => ({
  clientSecret: checkSecret('client_secret', body.client_secret),
  sendAttempt: body.send_attempt,
  nextLink: body.next_link ?? undefined,
});

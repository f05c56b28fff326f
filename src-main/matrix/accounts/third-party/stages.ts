import { type JsonObject, type JsonValue, isObject, integerAt, objectAt, stringAt } from '../../../base/json.js';
import { missingParam } from '../../../spec/errors.js';
import { type Stage, StageFailedError } from '../uia-stages.js';
import { isMedium } from './addresses.js';
import type { PhoneDelegate } from './phone-delegate.js';
import type { ValidatedAddress, Validation, ValidationCredentials } from './validation.js';

/** What a stage leaves in its session, as the operation reads it again. */
export function provedAddress(result: JsonValue | undefined): (ValidatedAddress & { purpose?: string }) | undefined {
  if (!isObject(result)) return undefined;
  const medium = stringAt(result, 'medium');
  const address = stringAt(result, 'address');
  if (medium === undefined || !isMedium(medium) || address === undefined) return undefined;
  const purpose = stringAt(result, 'purpose');
  const validatedAt = integerAt(result, 'validated_at') ?? 0;
  return { medium, address, validatedAt, ...(purpose === undefined ? {} : { purpose }) };
}

/**
 * The owner of an e-mail address, by the link in an e-mail from us.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#email-based-identity--homeserver
 */
export const emailIdentityStage = (validation: Validation): Stage => ({
  type: 'm.login.email.identity',
  async check(auth) {
    const credentials = credentialsOf(auth);
    const proved = await validation.validated(credentials, undefined);
    if (!proved) throw notProved();
    const { medium, address, validatedAt, purpose } = proved;
    return { medium, address, validated_at: validatedAt, purpose, sid: credentials.sid };
  },
  async claim(tx, result) {
    const sid = isObject(result) ? stringAt(result, 'sid') : undefined;
    if (sid === undefined || !(await validation.use(tx, sid))) throw notProved();
  },
});

/** The owner of a phone number, by a text message of the service that sends them for us. */
export const phoneIdentityStage = (phones: PhoneDelegate): Stage => ({
  type: 'm.login.msisdn',
  async check(auth) {
    const proved = await phones.validated(credentialsOf(auth));
    if (!proved) throw notProved();
    return { medium: proved.medium, address: proved.address, validated_at: proved.validatedAt };
  },
});

/** Older clients write it in one word. */
function credentialsOf(auth: JsonObject): ValidationCredentials {
  const given = objectAt(auth, 'threepid_creds') ?? objectAt(auth, 'threepidCreds');
  const sid = stringAt(given, 'sid');
  const clientSecret = stringAt(given, 'client_secret');
  if (sid === undefined || clientSecret === undefined)
    throw missingParam('threepid_creds with sid and client_secret is missing');
  return { sid, clientSecret };
}

const notProved = () =>
  new StageFailedError('M_UNAUTHORIZED', 'the address is not proved yet: follow the link in the e-mail');

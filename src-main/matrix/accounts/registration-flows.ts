/** What is asked of those who register. */
export interface RegistrationDemands {
  readonly requiresToken: boolean;
  readonly hasCaptcha: boolean;
  readonly hasTerms: boolean;
  /** addresses that must be proved */
  readonly required: readonly ('email' | 'msisdn')[];
  /** addresses that can be proved here */
  readonly provable: readonly ('email' | 'msisdn')[];
}

const EMAIL = 'm.login.email.identity';
const PHONE = 'm.login.msisdn';

/**
 * The ways through a registration, each a list of stages. Who needs not prove an address may still do so.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#account-registration
 */
export function registrationFlows(demands: RegistrationDemands): string[][] {
  const { required, provable } = demands;
  const [needsEmail, needsPhone] = [required.includes('email'), required.includes('msisdn')];
  const [hasEmail, hasPhone] = [provable.includes('email'), provable.includes('msisdn')];
  const flows = [
    ...(needsEmail || needsPhone ? [] : [['m.login.dummy']]),
    ...(hasEmail && !needsPhone ? [[EMAIL]] : []),
    ...(hasPhone && !needsEmail ? [[PHONE]] : []),
    ...(hasEmail && hasPhone ? [[PHONE, EMAIL]] : []),
  ];
  const before = [
    ...(demands.requiresToken ? ['m.login.registration_token'] : []),
    ...(demands.hasCaptcha ? ['m.login.recaptcha'] : []),
    ...(demands.hasTerms ? ['m.login.terms'] : []),
  ];
  return flows.map((flow) => [...before, ...flow]);
}

import type { Config } from './config.js';
import type { Notes } from './notes.js';
import type { FileValues } from './schema.js';

type ThirdParty = Config['thirdParty'];

/** What concerns e-mail addresses and phone numbers of accounts. */
export function readThirdParty(values: FileValues, defaults: ThirdParty, notes: Notes): ThirdParty {
  const delegates = values.account_threepid_delegates;
  if (delegates?.email !== undefined) {
    const sentence =
      '`account_threepid_delegates.email` has no effect: this server sends such e-mail itself, see `email`.';
    notes.warn(['account_threepid_delegates', 'email'], sentence);
  }
  checkRequired(values, notes);
  return {
    changesAllowed: values.enable_3pid_changes ?? defaults.changesAllowed,
    required: values.registrations_require_3pid ?? defaults.required,
    phonesAtRegistration: !(values.disable_msisdn_registration ?? !defaults.phonesAtRegistration),
    allowed: readAllowed(values, notes),
    inhibitErrors: values.request_token_inhibit_3pid_errors ?? defaults.inhibitErrors,
    nextLinkDomains: values.next_link_domain_whitelist?.map(String) ?? defaults.nextLinkDomains,
    phoneDelegate: delegates?.msisdn?.replace(/\/*$/, '/'),
    lookupEnabled: values.enable_3pid_lookup ?? defaults.lookupEnabled,
    defaultIdentityServer: values.default_identity_server,
  };
}

/** Nobody could register who had to prove what cannot be proved here. */
function checkRequired(values: FileValues, notes: Notes): void {
  if (!values.enable_registration) return;
  const required = values.registrations_require_3pid ?? [];
  const refuse = (sentence: string) => notes.problem(['registrations_require_3pid'], sentence);
  if (required.includes('email') && values.email === undefined) {
    refuse('`registrations_require_3pid` asks for e-mail addresses, which needs the section `email` to check them.');
  }
  if (!required.includes('msisdn')) return;
  if (values.disable_msisdn_registration) {
    refuse('`registrations_require_3pid` asks for phone numbers, and `disable_msisdn_registration` forbids them.');
  } else if (values.account_threepid_delegates?.msisdn === undefined) {
    refuse('`registrations_require_3pid` asks for phone numbers, which needs `account_threepid_delegates.msisdn`.');
  }
}

function readAllowed(values: FileValues, notes: Notes): ThirdParty['allowed'] {
  return (values.allowed_local_3pids ?? []).flatMap(({ medium, pattern }, i) => {
    const compiled = compile(pattern);
    if (compiled) return [{ medium, pattern: compiled }];
    const sentence = '`allowed_local_3pids`: the pattern must be a regular expression such as ^[^@]+@example\\.com$';
    notes.problem(['allowed_local_3pids', i, 'pattern'], sentence);
    return [];
  });
}

/** Matches from the start of the address, as it does for Synapse. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})`);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

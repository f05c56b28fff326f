import { resolve } from 'node:path';
import type { Config } from './config.js';
import type { Notes } from './notes.js';
import { readCaptcha, readConsent, readTerms } from './read-entrance.js';
import { parseDuration } from './units.js';
import type { FileValues } from './schema.js';
import { readSecretFile } from './secrets.js';

type People = Pick<Config, 'registration' | 'passwords' | 'tokens' | 'profiles'>;

/** Who may have an account, and how they prove who they are. */
export function readPeople(values: FileValues, home: string, defaults: People, notes: Notes): People {
  return {
    registration: readRegistration(values, home, defaults.registration, notes),
    passwords: readPasswords(values, defaults.passwords),
    tokens: readTokens(values, defaults.tokens),
    profiles: {
      displayNameChangeAllowed: values.enable_set_displayname ?? defaults.profiles.displayNameChangeAllowed,
      avatarChangeAllowed: values.enable_set_avatar_url ?? defaults.profiles.avatarChangeAllowed,
      requireAuthForRequests: values.require_auth_for_profile_requests ?? defaults.profiles.requireAuthForRequests,
      limitToSharedRooms:
        values.limit_profile_requests_to_users_who_share_rooms ?? defaults.profiles.limitToSharedRooms,
    },
  };
}

function readRegistration(
  values: FileValues,
  home: string,
  defaults: Config['registration'],
  notes: Notes,
): Config['registration'] {
  checkOpenness(values, notes);
  const path = values.registration_shared_secret_path;
  const sharedSecretPath = path === undefined ? undefined : resolve(home, path);
  if (sharedSecretPath !== undefined && values.registration_shared_secret !== undefined) {
    const sentence = 'Only one of `registration_shared_secret` and `registration_shared_secret_path` may be given.';
    notes.problem(['registration_shared_secret_path'], sentence);
  }
  return {
    enabled: values.enable_registration ?? defaults.enabled,
    withoutVerification: values.enable_registration_without_verification ?? defaults.withoutVerification,
    requiresToken: values.registration_requires_token ?? defaults.requiresToken,
    captcha: readCaptcha(values, home, notes),
    terms: readTerms(values, home, notes),
    consent: readConsent(values, home, notes),
    guests: values.allow_guest_access ?? defaults.guests,
    sharedSecret: filled(values.registration_shared_secret) ?? fromFile(sharedSecretPath),
    sharedSecretPath,
    inhibitUserInUse: values.inhibit_user_in_use_error ?? defaults.inhibitUserInUse,
  };
}

const WAYS_OUT =
  'set `registration_requires_token: true` to let in who has a token of yours, or `enable_registration: false` to let in nobody';

/** Open registration must say how strangers are held back, or that they are not. */
function checkOpenness(values: FileValues, notes: Notes): void {
  if (!values.enable_registration || values.registration_requires_token) return;
  const refuse = (key: string, sentence: string) => notes.problem([key], sentence);
  const isVerified = values.enable_registration_captcha || (values.registrations_require_3pid ?? []).length > 0;
  if (!isVerified && !values.enable_registration_without_verification) {
    refuse(
      'enable_registration',
      `\`enable_registration\` would let everybody in without any check, spammers too: ${WAYS_OUT}; ` +
        'if everybody is really meant, set `enable_registration_without_verification: true`.',
    );
  }
}

function readPasswords(values: FileValues, defaults: Config['passwords']): Config['passwords'] {
  const { enabled, localdb_enabled, pepper, policy } = values.password_config ?? {};
  const demands = policy?.enabled ? policy : {};
  return {
    enabled: enabled !== false && enabled !== 'only_for_reauth' && localdb_enabled !== false,
    rounds: values.bcrypt_rounds ?? defaults.rounds,
    pepper: pepper === undefined ? defaults.pepper : String(pepper),
    policy: {
      minimumLength: demands.minimum_length ?? defaults.policy.minimumLength,
      requireDigit: demands.require_digit ?? defaults.policy.requireDigit,
      requireSymbol: demands.require_symbol ?? defaults.policy.requireSymbol,
      requireLowercase: demands.require_lowercase ?? defaults.policy.requireLowercase,
      requireUppercase: demands.require_uppercase ?? defaults.policy.requireUppercase,
    },
  };
}

function readTokens(values: FileValues, defaults: Config['tokens']): Config['tokens'] {
  return {
    sessionLifetime: time(values.session_lifetime),
    refreshableAccessLifetime: time(values.refreshable_access_token_lifetime) ?? defaults.refreshableAccessLifetime,
    refreshLifetime: time(values.refresh_token_lifetime),
    nonRefreshableAccessLifetime: time(values.nonrefreshable_access_token_lifetime),
    uiaSessionLifetime: time(values.ui_auth?.session_timeout) ?? defaults.uiaSessionLifetime,
  };
}

const time = (value: number | string | undefined) => (value === undefined ? undefined : parseDuration(value));

const filled = (secret: string | number | undefined) =>
  secret === undefined || secret === '' ? undefined : String(secret);

const fromFile = (path: string | undefined) => (path === undefined ? undefined : readSecretFile(path));

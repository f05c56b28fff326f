import type { Config } from '../../config/config.js';
import { invalidParam, MatrixError } from '../../spec/errors.js';

/** Longer ones are refused before anything is hashed. */
export const MOST_PASSWORD_LETTERS = 512;

/**
 * Whether a new password is good enough for this server.
 *
 * @throws MatrixError M_WEAK_PASSWORD saying what is missing; M_INVALID_PARAM when it is far too long
 * @see https://spec.matrix.org/v1.19/client-server-api/#notes-on-password-management
 */
export function checkPasswordPolicy(password: string, policy: Config['passwords']['policy']): void {
  if (password.length > MOST_PASSWORD_LETTERS) {
    throw invalidParam(`a password may have ${MOST_PASSWORD_LETTERS} letters at most`);
  }
  if (password === '') throw weak('a password may not be empty');
  if ([...password].length < policy.minimumLength) {
    throw weak(`a password must have ${policy.minimumLength} letters or more`);
  }
  if (policy.requireDigit && !/\p{Nd}/u.test(password)) throw weak('a password must have a digit');
  if (policy.requireSymbol && !/[^\p{L}\p{N}]/u.test(password)) throw weak('a password must have a symbol');
  if (policy.requireLowercase && !/\p{Ll}/u.test(password)) throw weak('a password must have a small letter');
  if (policy.requireUppercase && !/\p{Lu}/u.test(password)) throw weak('a password must have a capital letter');
}

const weak = (why: string) => new MatrixError(400, 'M_WEAK_PASSWORD', why);

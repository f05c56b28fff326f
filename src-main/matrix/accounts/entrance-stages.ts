import { isObject, stringAt } from '../../base/json.js';
import type { Config } from '../../config/config.js';
import { OutgoingError, type OutgoingHttp } from '../../net/outgoing.js';
import { MatrixError } from '../../spec/errors.js';
import { JsonTextError, parseJson } from '../../spec/json-text.js';
import { type Stage, StageFailedError } from './uia-stages.js';

type Registration = Config['registration'];

const LONGEST_RESPONSE = 4096;
const MOST_BYTES = 64 * 1024;

/**
 * A riddle that people solve and programs do not, by Google.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#google-recaptcha
 */
export const captchaStage = (captcha: NonNullable<Registration['captcha']>, http: OutgoingHttp): Stage => ({
  type: 'm.login.recaptcha',
  params: () => ({ public_key: captcha.publicKey }),
  async check(auth) {
    const response = stringAt(auth, 'response');
    if (!response || response.length > LONGEST_RESPONSE) {
      throw new MatrixError(400, 'M_CAPTCHA_NEEDED', 'response must say how the captcha was solved');
    }
    if (await isSolved(captcha, http, response)) return true;
    throw new StageFailedError('M_UNAUTHORIZED', 'the captcha is not solved');
  },
});

async function isSolved(
  { privateKey, verifyUrl }: NonNullable<Registration['captcha']>,
  http: OutgoingHttp,
  response: string,
): Promise<boolean> {
  try {
    const reply = await http.fetch({
      method: 'POST',
      url: verifyUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ secret: privateKey, response }).toString(),
      maxBytes: MOST_BYTES,
    });
    const { value } = parseJson(reply.body.toString('utf8'));
    return isObject(value) && value['success'] === true;
  } catch (error) {
    if (!(error instanceof OutgoingError) && !(error instanceof JsonTextError)) throw error;
    throw new MatrixError(502, 'M_UNKNOWN', 'the service that checks captchas could not be asked');
  }
}

/** Where the terms can be read. */
export const termsUrl = ({ url, version }: NonNullable<Registration['terms']>, baseUrl: string): string =>
  url ?? `${baseUrl}_matrix/consent?v=${encodeURIComponent(version)}`;

/**
 * Accepting the terms of this server: whoever does the stage has.
 *
 * @param baseUrl this server's, with a slash at the end
 * @see https://spec.matrix.org/v1.19/client-server-api/#terms-of-service-at-registration
 */
export const termsStage = (terms: NonNullable<Registration['terms']>, baseUrl: string): Stage => {
  const policy = { version: terms.version, en: { name: terms.name, url: termsUrl(terms, baseUrl) } };
  return {
    type: 'm.login.terms',
    params: () => ({ policies: { privacy_policy: policy } }),
    check: async () => true,
  };
};

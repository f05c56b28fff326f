import { resolve } from 'node:path';
import { isObject } from '../base/json.js';
import type { Config, ConsentConfig } from './config.js';
import type { Notes } from './notes.js';
import type { FileValues } from './schema.js';
import { readSecretFile } from './secrets.js';

const SITEVERIFY = 'https://www.recaptcha.net/recaptcha/api/siteverify';

type Captcha = Config['registration']['captcha'];

/** What those who register have to solve; undefined: nothing. */
export function readCaptcha(values: FileValues, home: string, notes: Notes): Captcha {
  if (!values.enable_registration_captcha) return undefined;
  const publicKey = readKey(values, home, notes, 'recaptcha_public_key');
  const privateKey = readKey(values, home, notes, 'recaptcha_private_key');
  if (publicKey === undefined || privateKey === undefined) {
    const sentence =
      '`enable_registration_captcha` needs `recaptcha_public_key` and `recaptcha_private_key`, which Google gives out.';
    notes.problem(['enable_registration_captcha'], sentence);
    return undefined;
  }
  return { publicKey, privateKey, verifyUrl: values.recaptcha_siteverify_api ?? SITEVERIFY };
}

function readKey(
  values: FileValues,
  home: string,
  notes: Notes,
  key: 'recaptcha_public_key' | 'recaptcha_private_key',
): string | undefined {
  const [said, path] = [values[key], values[`${key}_path`]];
  if (said !== undefined && path !== undefined) {
    notes.problem([`${key}_path`], `Only one of \`${key}\` and \`${key}_path\` may be given.`);
  }
  return said === undefined ? path && readSecretFile(resolve(home, path)) : String(said);
}

/** The terms that those who register have to accept; undefined: none. */
export function readTerms(values: FileValues, home: string, notes: Notes): Config['registration']['terms'] {
  const given = values.user_consent;
  if (given?.require_at_registration !== true) return undefined;
  const { version, policy_url: url, template_dir: folder, policy_name: name } = given;
  if (version === undefined || (url === undefined && folder === undefined)) {
    const sentence = '`user_consent` needs a `version`, and `policy_url` or `template_dir` to say what it is about.';
    notes.problem(['user_consent'], sentence);
    return undefined;
  }
  return {
    name: name === undefined ? 'Privacy Policy' : String(name),
    version: notes.textOf(['user_consent', 'version'], version),
    url,
    folder: folder === undefined ? undefined : resolve(home, folder),
  };
}

/** What is asked of people who have an account already; undefined: nothing, or the terms are somewhere else. */
export function readConsent(values: FileValues, home: string, notes: Notes): ConsentConfig | undefined {
  const given = values.user_consent;
  if (given?.version === undefined || given.template_dir === undefined) {
    if (given?.block_events_error === undefined && given?.server_notice_content === undefined) return undefined;
    const sentence =
      '`user_consent` needs a `version` and a `template_dir`: people must be able to read what they accept.';
    notes.problem(['user_consent'], sentence);
    return undefined;
  }
  const notice = isObject(given.server_notice_content) ? given.server_notice_content : undefined;
  if (notice && typeof notice['body'] !== 'string') {
    notes.problem(['user_consent', 'server_notice_content'], '`server_notice_content` needs a `body`, a text.');
  }
  if (notice && values.server_notices === undefined) {
    const sentence = '`server_notice_content` needs `server_notices`: somebody has to write it.';
    notes.problem(['user_consent', 'server_notice_content'], sentence);
  }
  return {
    version: notes.textOf(['user_consent', 'version'], given.version),
    folder: resolve(home, given.template_dir),
    blockMessage: given.block_events_error === undefined ? undefined : String(given.block_events_error),
    notice,
    noticeToGuests: given.send_server_notice_to_guests ?? false,
    formSecret: readFormSecret(values, home, notes),
  };
}

function readFormSecret(values: FileValues, home: string, notes: Notes): string | undefined {
  const { form_secret: said, form_secret_path: path } = values;
  if (said !== undefined && path !== undefined) {
    notes.problem(['form_secret_path'], 'Only one of `form_secret` and `form_secret_path` may be given.');
  }
  return said === undefined ? path && readSecretFile(resolve(home, path)) : String(said);
}

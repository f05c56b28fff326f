import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { stringAt } from '../../../base/json.js';
import { loadConfig } from '../../../config/load.js';
import { CommandError } from '../command-error.js';
import { call, fingerprintOf, localTarget, type Target } from '../local-server.js';
import { Prompt } from '../prompt.js';

export interface RegisterUserOptions {
  readonly user?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly userType?: string;
  /** undefined: asked */
  readonly admin?: boolean;
  readonly existsOk?: boolean;
  readonly config?: readonly string[];
  readonly sharedSecret?: string;
}

const PATH = '/_synapse/admin/v1/register';

/** Makes an account on a running server, with the secret that it shares with whoever may read its configuration. */
export async function registerUser(options: RegisterUserOptions, url: string | undefined): Promise<void> {
  const { secret, target } = whereAndHow(options, url);
  const person = await whoIsIt(options);
  console.log('Sending registration request...');
  const first = await call(target, 'GET', PATH);
  const nonce = stringAt(first.body, 'nonce');
  if (first.status !== 200 || nonce === undefined) throw refused(first.status, stringAt(first.body, 'error'));
  const { user, password, admin, userType } = person;
  const parts = [nonce, user, password, admin ? 'admin' : 'notadmin', ...(userType ? [userType] : [])];
  const mac = createHmac('sha1', secret).update(parts.join('\0')).digest('hex');
  const answer = await call(target, 'POST', PATH, {
    nonce,
    username: user,
    password,
    admin,
    mac,
    ...(userType ? { user_type: userType } : {}),
  });
  if (answer.status === 200) {
    console.log('Success!');
  } else if (options.existsOk && stringAt(answer.body, 'errcode') === 'M_USER_IN_USE') {
    console.log('User already exists. Skipping.');
  } else {
    throw refused(answer.status, stringAt(answer.body, 'error'));
  }
}

function whereAndHow(options: RegisterUserOptions, url: string | undefined): { secret: string; target: Target } {
  const config = options.config && loadConfig(options.config);
  const secret = options.sharedSecret ?? config?.registration.sharedSecret;
  if (!options.config && secret === undefined) {
    throw new CommandError(
      'Name the configuration of the server with --config, or its shared secret with --shared-secret.',
    );
  }
  if (secret === undefined) {
    throw new CommandError('The configuration has no registration_shared_secret: add one and restart the server.');
  }
  const local = config && localTarget(config);
  if (url === undefined) return { secret, target: local ?? { url: 'http://localhost:8008', fingerprint: undefined } };
  if (!/^https?:\/\//.test(url)) {
    throw new CommandError(`The server must be an address such as http://localhost:8008, not ${url}.`);
  }
  return { secret, target: { url, fingerprint: config && fingerprintOf(config) } };
}

async function whoIsIt(options: RegisterUserOptions) {
  const given =
    options.password ?? (options.passwordFile === undefined ? undefined : readPassword(options.passwordFile));
  const isComplete = options.user !== undefined && given !== undefined;
  const prompt =
    isComplete && (options.admin !== undefined || options.userType !== undefined) ? undefined : new Prompt();
  try {
    const user = options.user ?? (await prompt?.ask('New user localpart', userInfo().username)) ?? '';
    if (user === '') throw new CommandError('The name of the user must not be empty.');
    const password = given ?? (await prompt?.newPassword()) ?? '';
    const admin = options.admin ?? (prompt ? await isYes(prompt) : false);
    return { user, password, admin, userType: options.userType };
  } finally {
    prompt?.close();
  }
}

const isYes = async (prompt: Prompt) =>
  ['y', 'yes', 'true'].includes((await prompt.ask('Make admin', 'no')).toLowerCase());

function readPassword(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim() ?? '';
  } catch (cause) {
    throw new CommandError(
      `The password file ${path} cannot be read (${String((cause as NodeJS.ErrnoException).code)}).`,
      1,
      {
        cause,
      },
    );
  }
}

const refused = (status: number, why: string | undefined): CommandError =>
  new CommandError(`The server refused (${status}): ${why ?? 'it did not say why'}.`);

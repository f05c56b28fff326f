import { defaultConfig } from '../../../config/defaults.js';
import { loadConfig } from '../../../config/load.js';
import { Passwords } from '../../../matrix/accounts/index.js';
import { CommandError } from '../command-error.js';
import { Prompt } from '../prompt.js';

export interface HashPasswordOptions {
  readonly password?: string;
  readonly rounds?: string;
  readonly config?: readonly string[];
}

/** Prints the hash that the server would store for a password: bcrypt with the pepper of the configuration. */
export async function hashPassword(options: HashPasswordOptions): Promise<void> {
  const { passwords } = options.config
    ? loadConfig(options.config)
    : defaultConfig({ serverName: 'localhost', dataDir: '.' });
  const rounds = options.rounds === undefined ? passwords.rounds : Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 4 || rounds > 31) {
    throw new CommandError(`--rounds must be a whole number from 4 to 31, not ${options.rounds}.`);
  }
  const password = options.password ?? (await askPassword());
  console.log(await new Passwords({ rounds, pepper: passwords.pepper }).hash(password));
}

async function askPassword(): Promise<string> {
  const prompt = new Prompt();
  try {
    return await prompt.newPassword();
  } finally {
    prompt.close();
  }
}

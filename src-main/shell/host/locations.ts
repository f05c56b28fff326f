import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a shell keeps what is its own: the configuration that the wizard writes, and little else. */
export interface Locations {
  readonly home: string;
  /** written by the wizard; a server is set up when it is there */
  readonly config: string;
  /** what the wizard is still unsure of: never read as a configuration */
  readonly unfinishedConfig: string;
  readonly draft: string;
  /** remembers that a recovery kit was saved */
  readonly kit: string;
  /** the console's current one-time link */
  readonly link: string;
  /** suggested for the server's data */
  readonly data: string;
}

/** The folder of this program's own files: `HEARTH_HOME`, or where the system keeps such things. */
export function hearthHome(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const given = environment['HEARTH_HOME'];
  if (given) return resolve(given);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Hearth');
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Hearth');
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'hearth');
}

/** @param config another configuration file than the wizard's */
export const locationsIn = (home: string, config?: string): Locations => ({
  home,
  config: config === undefined ? join(home, 'homeserver.yaml') : resolve(config),
  unfinishedConfig: join(home, 'homeserver.yaml.unfinished'),
  draft: join(home, 'setup.json'),
  kit: join(home, 'recovery-kit.json'),
  link: join(home, 'console-link'),
  data: join(home, 'data'),
});

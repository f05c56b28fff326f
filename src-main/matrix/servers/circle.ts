import type { FederationConfig } from '../../config/config.js';
import { type Glob, globMatches, parseStars } from '../../spec/glob.js';
import type { ServerName } from '../../spec/ids.js';

/**
 * The servers that this one talks to: those on the list of the configuration where it has one, and none that is blocked.
 * What is blocked can change while the server runs.
 */
export class FederationCircle {
  #blocked: readonly { readonly text: string; readonly pattern: Glob }[];

  constructor(private readonly config: Pick<FederationConfig, 'domainWhitelist' | 'domainBlocklist'>) {
    this.#blocked = config.domainBlocklist.map(toPattern);
  }

  /** Names, and patterns such as `*.example.org`. */
  get blocked(): readonly string[] {
    return this.#blocked.map(({ text }) => text);
  }

  /** From now on these are blocked, and no others. */
  setBlocked(names: readonly string[]): void {
    this.#blocked = names.map(toPattern);
  }

  isBlocked(server: ServerName): boolean {
    const name = server.toLowerCase();
    return this.#blocked.some(({ pattern }) => globMatches(pattern, name));
  }

  includes(server: ServerName): boolean {
    const { domainWhitelist } = this.config;
    return (!domainWhitelist || domainWhitelist.includes(server)) && !this.isBlocked(server);
  }
}

const toPattern = (text: string) => ({ text, pattern: parseStars(text.toLowerCase()) });

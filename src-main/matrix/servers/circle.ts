import type { FederationConfig } from '../../config/config.js';
import { type Glob, globMatches, parseStars } from '../../spec/glob.js';
import type { ServerName } from '../../spec/ids.js';

/**
 * The servers that this one talks to: those on the list of the configuration where it has one, and none that is blocked.
 * Both can change while the server runs.
 */
export class FederationCircle {
  #blocked: readonly { readonly text: string; readonly pattern: Glob }[];
  #allowed: ReadonlySet<ServerName> | undefined;

  constructor({ domainWhitelist, domainBlocklist }: Pick<FederationConfig, 'domainWhitelist' | 'domainBlocklist'>) {
    this.#blocked = domainBlocklist.map(toPattern);
    this.setAllowed(domainWhitelist);
  }

  /** Names, and patterns such as `*.example.org`. */
  get blocked(): readonly string[] {
    return this.#blocked.map(({ text }) => text);
  }

  /** From now on these are blocked, and no others. */
  setBlocked(names: readonly string[]): void {
    this.#blocked = names.map(toPattern);
  }

  /** The only ones that are talked to; undefined: all that are not blocked. */
  get allowed(): readonly ServerName[] | undefined {
    return this.#allowed && [...this.#allowed];
  }

  /** From now on only these are talked to. @param names undefined: all that are not blocked */
  setAllowed(names: readonly ServerName[] | undefined): void {
    this.#allowed = names && new Set(names);
  }

  isBlocked(server: ServerName): boolean {
    const name = server.toLowerCase();
    return this.#blocked.some(({ pattern }) => globMatches(pattern, name));
  }

  includes(server: ServerName): boolean {
    return (!this.#allowed || this.#allowed.has(server)) && !this.isBlocked(server);
  }
}

const toPattern = (text: string) => ({ text, pattern: parseStars(text.toLowerCase()) });

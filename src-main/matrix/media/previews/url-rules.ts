import { globMatches, parseGlob } from '../../../spec/glob.js';

/** Parts of addresses and what they look like: a pattern with `*` and `?`, or, from `^` on, a regular expression. */
export type UrlRule = Readonly<Partial<Record<UrlPart, string>>>;
export type UrlPart = 'scheme' | 'username' | 'password' | 'hostname' | 'netloc' | 'path' | 'port' | 'query' | 'fragment';

/** Whether all that one of the rules says holds of `url`. */
export const isForbidden = (rules: readonly UrlRule[], url: URL): boolean => rules.some((rule) => isMet(rule, url));

function isMet(rule: UrlRule, url: URL): boolean {
  const entries = Object.entries(rule) as [UrlPart, string][];
  return entries.length > 0 && entries.every(([part, pattern]) => fits(pattern, PARTS[part](url)));
}

const fits = (pattern: string, value: string): boolean =>
  pattern.startsWith('^') ? new RegExp(pattern).test(value) : globMatches(parseGlob(pattern), value);

const PARTS: Readonly<Record<UrlPart, (url: URL) => string>> = {
  scheme: ({ protocol }) => protocol.slice(0, -1),
  username: ({ username }) => username,
  password: ({ password }) => password,
  hostname: ({ hostname }) => hostname,
  netloc: ({ username, password, host }) => {
    const user = password === '' ? username : `${username}:${password}`;
    return user === '' ? host : `${user}@${host}`;
  },
  path: ({ pathname }) => pathname,
  port: ({ port }) => port,
  query: ({ search }) => search.slice(1),
  fragment: ({ hash }) => hash.slice(1),
};

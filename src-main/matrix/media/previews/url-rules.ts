import { globMatches, parseGlob } from '../../../spec/glob.js';

/** Parts of addresses and what they look like: a pattern with `*` and `?`, or, from `^` on, a regular expression. */
export type UrlRule = Readonly<Record<string, string>>;

/** Whether all that one of the rules says holds of `url`. */
export const isForbidden = (rules: readonly UrlRule[], url: URL): boolean => rules.some((rule) => isMet(rule, url));

function isMet(rule: UrlRule, url: URL): boolean {
  const entries = Object.entries(rule);
  return (
    entries.length > 0 &&
    entries.every(([part, pattern]) => {
      const value = PARTS.get(part)?.(url);
      return value !== undefined && fits(pattern, value);
    })
  );
}

const fits = (pattern: string, value: string): boolean =>
  pattern.startsWith('^') ? new RegExp(pattern).test(value) : globMatches(parseGlob(pattern), value);

const PARTS: ReadonlyMap<string, (url: URL) => string> = new Map(
  Object.entries({
    scheme: ({ protocol }: URL) => protocol.slice(0, -1),
    username: ({ username }: URL) => username,
    password: ({ password }: URL) => password,
    hostname: ({ hostname }: URL) => hostname,
    netloc: ({ username, password, host }: URL) => {
      const user = password === '' ? username : `${username}:${password}`;
      return user === '' ? host : `${user}@${host}`;
    },
    path: ({ pathname }: URL) => pathname,
    port: ({ port }: URL) => port,
    query: ({ search }: URL) => search.slice(1),
    fragment: ({ hash }: URL) => hash.slice(1),
  }),
);

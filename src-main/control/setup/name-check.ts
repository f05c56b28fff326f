import { isIP } from 'node:net';
import { isBelow, isPrivateName, PRIVATE_ENDS } from '../../spec/private-name.js';
import type { NameCheck, NameCode, SetupMode, Verdict } from '../contract.js';

const MOST_LETTERS = 230;
/** Private besides: a name of tests. */
const FOR_TESTS = 'test';
/** Ends that are kept for manuals, for the computer itself or for nothing at all: refused. */
const RESERVED_ENDS = ['invalid', 'example', 'localhost', 'onion', 'arpa', 'example.com', 'example.org', 'example.net'];
/** Names below which everybody can have their own: nobody owns the end itself. The common ones. */
const PUBLIC_SUFFIXES = new Set(
  [
    'co.uk org.uk me.uk ac.uk com.au net.au org.au co.nz co.za com.br com.ar com.mx co.jp ne.jp or.jp co.kr',
    'com.cn com.tw com.hk com.sg co.in co.il com.tr com.ua com.pl eu.org dedyn.io duckdns.org dyndns.org',
    'no-ip.org ddns.net freeddns.org nip.io github.io gitlab.io pages.dev netlify.app vercel.app ts.net',
    'ngrok.io trycloudflare.com',
  ].flatMap((line) => line.split(' ')),
);
/** Where other people's servers have lived for years. */
const TAKEN = new Set(['matrix.org', 'mozilla.org', 'kde.org', 'gnome.org', 'fosdem.org', 'element.io', 'debian.org']);

/** What people put in front of a name because a machine is called so. */
const OF_MACHINES = /^(?:matrix|synapse|chat|server|hs)\.[^.]+\./;

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Judges a name that somebody typed for their server. Pure; looks nothing up.
 *
 * @param mode who should reach it: where that is everybody, a private name will not do
 * @returns the name as it would be used, and the one thing most worth saying about it
 * @see https://spec.matrix.org/v1.19/appendices/#server-name
 */
export function checkServerName(typed: string, mode: SetupMode = 'home'): NameCheck {
  const serverName = tidy(typed);
  const code = refusal(serverName);
  if (code) return verdict(serverName, 'refused', code);
  const isForAll = mode !== 'home' && mode !== 'try';
  if (staysAtHome(serverName) && isForAll) return verdict(serverName, 'refused', 'NAME_PRIVATE_OUTSIDE');
  if (staysAtHome(serverName)) return verdict(serverName, 'warning', 'NAME_PRIVATE');
  if (OF_MACHINES.test(serverName)) return verdict(serverName, 'warning', 'NAME_STARTS_WITH_MATRIX');
  return verdict(serverName, 'ok', undefined);
}

/** A name that can never reach, or be reached by, other servers. */
const staysAtHome = (serverName: string): boolean => isPrivateName(serverName) || isBelow(serverName, FOR_TESTS);

/** What people paste, made a name: no scheme, no path, no `@user:`, lower-case. */
function tidy(typed: string): string {
  const name = typed
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^@[^:]*:/, '');
  return name.replace(/[/?#].*$/, '').replace(/\.$/, '');
}

function refusal(name: string): NameCode | undefined {
  if (name === '') return 'NAME_EMPTY';
  if (name.length > MOST_LETTERS) return 'NAME_TOO_LONG';
  if (isAddress(name)) return 'NAME_IS_ADDRESS';
  if (/:\d+$/.test(name)) return 'NAME_HAS_PORT';
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label))) return 'NAME_GRAMMAR';
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'NAME_GRAMMAR';
  if (RESERVED_ENDS.some((end) => isBelow(name, end)) && !isBelow(name, 'home.arpa')) return 'NAME_RESERVED';
  if (PRIVATE_ENDS.includes(name) || name === FOR_TESTS || PUBLIC_SUFFIXES.has(name)) return 'NAME_PUBLIC_SUFFIX';
  if (TAKEN.has(name)) return 'NAME_OF_ANOTHER';
  return undefined;
}

const isAddress = (name: string): boolean =>
  isIP(name) !== 0 || name.startsWith('[') || isIP(name.replace(/:\d+$/, '')) === 4;

const verdict = (serverName: string, verdict: Verdict, code: NameCode | undefined): NameCheck => ({
  verdict,
  code,
  serverName,
});

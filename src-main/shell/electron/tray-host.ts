import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Milliseconds } from '../../base/clock.js';

export interface DesktopFacts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** how long the session bus may take, with all ways to ask it */
  readonly limit: Milliseconds;
}

const BUS = 'org.freedesktop.DBus';
const PATH = '/org/freedesktop/DBus';
const METHOD = `${BUS}.NameHasOwner`;
/** @see https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/ */
const WATCHER = 'org.kde.StatusNotifierWatcher';

/** The same question in the words of each program that can ask it; a desktop has one of them or none. */
const QUESTIONS: readonly (readonly [program: string, ...args: string[]])[] = [
  ['gdbus', 'call', '--session', '--dest', BUS, '--object-path', PATH, '--method', METHOD, WATCHER],
  ['busctl', '--user', 'call', BUS, PATH, BUS, 'NameHasOwner', 's', WATCHER],
  ['dbus-send', '--session', '--print-reply=literal', `--dest=${BUS}`, PATH, METHOD, `string:${WATCHER}`],
];
const LONGEST_ANSWER = 4096;
const run = promisify(execFile);

const HERE: DesktopFacts = { platform: process.platform, env: process.env, limit: 2000 };

/**
 * Whether this desktop shows tray icons: on Linux whether anybody on the session bus watches for them; where nobody
 * can be asked, GNOME as it comes does not, and all others do.
 */
export async function showsTrayIcons({ platform, env, limit }: DesktopFacts = HERE): Promise<boolean> {
  if (platform !== 'linux') return true;
  const signal = AbortSignal.timeout(limit);
  for (const [program, ...args] of QUESTIONS) {
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ask(program, args, { env, signal });
    if (answer !== undefined) return answer;
  }
  return !isPlainGnome(env['XDG_CURRENT_DESKTOP'] ?? '');
}

async function ask(program: string, args: string[], more: Pick<DesktopFacts, 'env'> & { signal: AbortSignal }) {
  try {
    const { stdout } = await run(program, args, { ...more, maxBuffer: LONGEST_ANSWER, killSignal: 'SIGKILL' });
    const [answer] = /\b(?:true|false)\b/.exec(stdout) ?? [];
    return answer === undefined ? undefined : answer === 'true';
  } catch {
    // the program is not there, or there is no bus
    return undefined;
  }
}

/** @param desktop names with colons between them: `ubuntu:GNOME`, whose Ubuntu brings a tray along */
const isPlainGnome = (desktop: string): boolean => /gnome/i.test(desktop) && !/ubuntu/i.test(desktop);

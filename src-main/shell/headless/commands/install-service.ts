import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomically } from '../../../config/write-file.js';
import { hearthHome } from '../../host/locations.js';
import { CommandError } from '../command-error.js';

export interface InstallServiceOptions {
  readonly config?: readonly string[];
  /** take it away again */
  readonly remove?: boolean;
}

export interface ServiceDeps {
  /** the program and the script that this one was started by */
  readonly program: readonly [string, string];
  readonly platform: NodeJS.Platform;
  /** folder of the person's own systemd units */
  readonly folder: string;
  /** @returns whether it went well */
  run(command: string, args: readonly string[]): Promise<boolean>;
  say(line: string): void;
}

const UNIT = 'hearth.service';

/** Writes a systemd service of this person's own, which runs the server from the start of the computer on. */
export async function installService(options: InstallServiceOptions, deps = realDeps()): Promise<void> {
  if (deps.platform !== 'linux') {
    throw new CommandError(
      'Services are written for Linux with systemd only. The desktop app starts the server at login instead.',
    );
  }
  const path = join(deps.folder, UNIT);
  if (options.remove) return removeService(path, deps);
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomically(path, unitText(options, deps.program), 0o644);
  deps.say(`The service is in ${path}.`);
  const commands: [string, string[]][] = [
    ['systemctl', ['--user', 'daemon-reload']],
    ['systemctl', ['--user', 'enable', '--now', UNIT]],
    ['loginctl', ['enable-linger', userInfo().username]],
  ];
  for (const [index, [command, args]] of commands.entries()) {
    if (await deps.run(command, args)) continue;
    deps.say('Not all of it could be switched on from here. Run these yourself:');
    for (const [name, words] of commands.slice(index)) deps.say(`  ${[name, ...words].join(' ')}`);
    return;
  }
  deps.say('The server runs, and it starts with the computer, before anybody signs in.');
}

async function removeService(path: string, deps: ServiceDeps): Promise<void> {
  if (!existsSync(path)) {
    deps.say('There is no service to take away.');
    return;
  }
  await deps.run('systemctl', ['--user', 'disable', '--now', UNIT]);
  rmSync(path);
  await deps.run('systemctl', ['--user', 'daemon-reload']);
  deps.say('The service is gone. The server and its data stay as they are.');
}

/** @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html */
export function unitText({ config = [] }: InstallServiceOptions, program: readonly [string, string]): string {
  const files = config.flatMap((file) => ['--config', resolve(file)]);
  return `[Unit]
Description=Hearth, a Matrix homeserver
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${[...program, 'serve', ...files].map(quoted).join(' ')}
Environment=HEARTH_HOME=${quoted(hearthHome())}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;
}

/** Words of a unit: `%` and `$` mean something there. */
function quoted(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"\\;]/.test(word) ? `"${escaped}"` : escaped;
}

const realDeps = (): ServiceDeps => ({
  program: [process.execPath, resolve(process.argv[1] ?? '')],
  platform: process.platform,
  folder: join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'systemd', 'user'),
  run: (command, args) => new Promise((done) => execFile(command, args, (error) => done(error === null))),
  say: (line) => console.log(line),
});

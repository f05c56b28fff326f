import { existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadConfig } from '../../../config/load.js';
import { hearthHome } from '../../host/locations.js';
import { CommandError } from '../command-error.js';
import { DEMO_PASSWORD, type DemoPerson, demoPerson, demoRoom } from '../demo/demo-room.js';
import { type DemoServer, demoServers, isDemo, makeDemoServers } from '../demo/demo-servers.js';
import { localTarget } from '../local-server.js';
import { runningProcess } from '../pid-file.js';
import { start, stop } from './service.js';

export interface DemoOptions {
  readonly directory?: string;
  readonly clientPort?: number;
  readonly serverPort?: number;
}

/** Starts three servers that talk to each other on this computer, with a person each and a room that they share. */
export async function demoStart({ directory, clientPort = 8081, serverPort = 8481 }: DemoOptions): Promise<void> {
  const folder = folderOf(directory);
  const servers = makeDemoServers(folder, { client: clientPort, server: serverPort });
  for (const server of servers) if (!isRunning(server)) await start({ config: server.configs });
  const [host, ...guests] = await Promise.all(servers.map(signIn));
  if (!host) throw new CommandError('There are no servers in the demo.');
  const alias = await demoRoom([host, ...guests]);
  sayWhere([host, ...guests], alias);
}

export async function demoStop({ directory }: DemoOptions): Promise<void> {
  const folder = folderOf(directory);
  if (!isDemo(folder)) {
    console.log(`There is no demo in ${folder}.`);
    return;
  }
  for (const server of demoServers(folder)) if (isRunning(server)) await stop({ config: server.configs });
}

/** Stops the servers and deletes all that they stored. */
export async function demoClean(options: DemoOptions): Promise<void> {
  const folder = folderOf(options.directory);
  await demoStop(options);
  if (!isDemo(folder)) return;
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  console.log(`${folder} is deleted.`);
}

/** Beside our own folder, never in it: `clean` deletes it. */
const folderOf = (directory: string | undefined): string =>
  directory === undefined ? join(dirname(hearthHome()), 'hearth-demo') : resolve(directory);

function isRunning({ configs }: DemoServer): boolean {
  if (!configs.every((path) => existsSync(path))) return false;
  const { pidFile } = loadConfig(configs);
  return pidFile !== undefined && runningProcess(pidFile) !== undefined;
}

function signIn({ person, configs }: DemoServer): Promise<DemoPerson> {
  const target = localTarget(loadConfig(configs));
  if (!target) throw new CommandError(`${configs[1]} has no listener for clients.`);
  return demoPerson(person, target);
}

function sayWhere(people: readonly DemoPerson[], alias: string): void {
  console.log(`\nThe room ${alias} is on all three servers. Sign in with any Matrix client:\n`);
  for (const { userId, target } of people) {
    console.log(`  homeserver ${target.url}   user ${userId}   password ${DEMO_PASSWORD}`);
  }
  console.log('\nStop the servers with `hearth demo stop`; delete them with `hearth demo clean`.');
}

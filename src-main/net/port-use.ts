import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { basename } from 'node:path';
import type { Milliseconds } from '../base/clock.js';

/** Whether a port of this computer could be listened on. */
export interface PortUse {
  readonly port: number;
  /** `taken`: a program listens there; `forbidden`: free, and this account may not open it */
  readonly state: 'free' | 'taken' | 'forbidden';
  /** the program that listens, where the system tells: `nginx` */
  readonly program: string | undefined;
}

const PATIENCE: Milliseconds = 500;
const LISTENS = '0A';
/** Enough for a desktop; what a machine has beyond is not looked through. */
const MOST_PROCESSES = 4000;

/** Looks whether somebody listens on a port of this computer, and who. */
export async function portUse(port: number): Promise<PortUse> {
  if (await answers(port)) return { port, state: 'taken', program: await programAt(port) };
  const code = await tryOut(port);
  if (code === 'EADDRINUSE') return { port, state: 'taken', program: await programAt(port) };
  return { port, state: code === 'EACCES' ? 'forbidden' : 'free', program: undefined };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PATIENCE });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** @returns why it cannot be opened; undefined when it can */
function tryOut(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
    server.listen(port, () => server.close(() => resolve(undefined)));
  });
}

/** The name of the program that listens on a port; undefined where the system does not tell this account. */
async function programAt(port: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const inodes = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listening(table, port)))).flat());
  if (inodes.size === 0) return undefined;
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const id of processes.slice(0, MOST_PROCESSES)) {
    if (await holds(id, inodes)) return nameOf(id);
  }
  return undefined;
}

/** By its file; what it calls itself may be a part of it only. */
async function nameOf(process: string): Promise<string | undefined> {
  const file = await readlink(`/proc/${process}/exe`).catch(() => undefined);
  if (file !== undefined) return basename(file);
  return (await readFile(`/proc/${process}/comm`, 'utf8').catch(() => '')).trim() || undefined;
}

/** The sockets that listen on a port. @see https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
async function listening(table: string, port: number): Promise<string[]> {
  const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    return state === LISTENS && local.endsWith(`:${wanted}`) ? [`socket:[${fields[9] ?? ''}]`] : [];
  });
}

/** Of other people's processes, the system tells nothing. */
async function holds(process: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${process}/fd`;
  const open = await readdir(folder).catch(() => []);
  const links = await Promise.all(open.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.some((link) => inodes.has(link));
}

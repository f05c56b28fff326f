import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from './command-error.js';

/** What the process of a running server has on its command line. */
const OURS = /hearth|daemon/;

/** The process that `path` names, when there is such a process and it is a Hearth. */
export function runningProcess(path: string): number | undefined {
  const pid = readPid(path);
  return pid !== undefined && isAlive(pid) && isHearth(pid) ? pid : undefined;
}

/**
 * Writes this process into `path`; what a crash left there is replaced.
 *
 * @returns a function that takes the file away again
 * @throws CommandError when a server with this file already runs
 */
export function claimPidFile(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const other = runningProcess(path);
  if (other !== undefined && other !== process.pid) {
    throw new CommandError(`Hearth already runs with this configuration (process ${other}).`);
  }
  rmSync(path, { force: true });
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError(`The process file ${path} cannot be written (${String(code)}).`, 1, { cause });
  }
  return () => {
    if (readPid(path) === process.pid) rmSync(path, { force: true });
  };
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[1-9][0-9]*$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** True also for a process of another user; false for one that has ended and whose parent has not asked yet. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readProcess(pid, 'status') ?? '');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a restart of the machine the number may be another program's. Where the system does not tell, it counts as ours. */
const isHearth = (pid: number): boolean => OURS.test(readProcess(pid, 'cmdline') ?? 'hearth');

/** What Linux tells of a process; undefined elsewhere. */
function readProcess(pid: number, what: 'status' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return undefined;
  }
}

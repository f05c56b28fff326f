import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a program of the tests with Node, and kills it some ms after it has said its first word.
 *
 * @returns the whole lines that it said until then
 */
export async function runUntilKilled(program: string, args: readonly string[], ms: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await Promise.race([once(child.stdout, 'data'), closed]);
  await sleep(ms); // the moment is what this is about
  child.kill('SIGKILL');
  await closed;
  return output.split('\n').slice(0, -1);
}

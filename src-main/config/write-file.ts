import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomLetters } from '../base/random.js';

/**
 * Writes a file so that at every moment, a power cut included, either the old text or the whole new one is there.
 *
 * @param mode permissions, whatever they were before
 */
export function writeFileAtomically(path: string, text: string, mode: number): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomLetters(8)}.new`);
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes the new name last; Windows neither needs nor allows it. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

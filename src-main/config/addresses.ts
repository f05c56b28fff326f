import { isIP } from 'node:net';
import type { KeyPath } from './document.js';
import type { Notes } from './notes.js';

/** Notes every entry of `list` that is neither an IP address nor a range such as `10.0.0.0/8`. */
export function checkRanges(list: readonly string[] | undefined, at: KeyPath, notes: Notes): void {
  for (const [i, entry] of (list ?? []).entries()) {
    if (isRange(entry)) continue;
    notes.problem([...at, i], `${JSON.stringify(entry)} must be an IP address or a range such as 10.0.0.0/8.`);
  }
}

/** Notes every address that nothing could be bound to. */
export function checkAddresses(list: readonly string[], at: KeyPath, notes: Notes): void {
  for (const entry of list) {
    if (entry === 'localhost' || isIP(entry) !== 0) continue;
    notes.problem(at, `${JSON.stringify(entry)} must be an IP address, such as 127.0.0.1, ::1, 0.0.0.0 or ::.`);
  }
}

function isRange(entry: string): boolean {
  const [address = '', prefix = '0', ...others] = entry.split('/');
  const family = isIP(address);
  return family !== 0 && others.length === 0 && Number(prefix) <= (family === 4 ? 32 : 128);
}

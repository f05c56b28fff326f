import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rectangle } from 'electron';
import { writeFileAtomically } from '../../config/write-file.js';

/** What the app remembers of its window, in its own folder. */
export interface WindowState {
  readonly bounds: Rectangle | undefined;
  readonly isMaximized: boolean;
  /** it was said once where the window goes when it is closed */
  readonly hasSaidWhereItGoes: boolean;
}

const FIRST: WindowState = { bounds: undefined, isMaximized: false, hasSaidWhereItGoes: false };

const pathIn = (folder: string): string => join(folder, 'window.json');

export function readWindowState(folder: string): WindowState {
  try {
    return { ...FIRST, ...(JSON.parse(readFileSync(pathIn(folder), 'utf8')) as Partial<WindowState>) };
  } catch {
    return FIRST;
  }
}

export function saveWindowState(folder: string, state: WindowState): void {
  writeFileAtomically(pathIn(folder), JSON.stringify(state), 0o600);
}

/** `bounds` where enough of them lies on one of `areas` to be taken hold of; screens come and go. */
export function onScreen(bounds: Rectangle | undefined, areas: readonly Rectangle[]): Rectangle | undefined {
  if (!bounds) return undefined;
  const isSeen = areas.some((area) => overlap(bounds, area) >= 100 * 100);
  return isSeen ? bounds : undefined;
}

function overlap(one: Rectangle, other: Rectangle): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** What a disk may hold of a log when the power goes: what was synced for sure, anything of what came after. */
export interface TornLog {
  /** as it was when the last sync began that ended */
  readonly synced: Buffer;
  /** as the system had it in memory */
  readonly now: Buffer;
  /** from 0 up to, not including, 1 */
  readonly random: () => number;
}

export type Damage = (log: TornLog) => Buffer;

const SECTOR = 512;

/** The log ends somewhere after what was synced. */
const cut: Damage = ({ synced, now, random }) =>
  now.subarray(0, synced.length + Math.floor(random() * (now.length - synced.length + 1)));

/** It has its length, but from somewhere on what is in it was never written. */
const garbled: Damage = (log) => {
  const wal = Buffer.from(log.now);
  for (let at = cut(log).length; at < wal.length; at += 1) wal[at] = Math.floor(log.random() * 256);
  return wal;
};

const zeroed: Damage = (log) => Buffer.concat([cut(log), Buffer.alloc(8192)]);

/** Of each sector written since the last sync, the old or the new. */
const mixed: Damage = ({ synced, now, random }) => {
  const wal = Buffer.from(now);
  for (let at = 0; at < wal.length; at += SECTOR) {
    if (random() < 0.5) continue;
    const end = Math.min(at + SECTOR, wal.length);
    const old = synced.subarray(at, end);
    wal.fill(0, at, end);
    old.copy(wal, at);
  }
  return wal;
};

/** By how they are told of: the tail of the log is … */
export const damages = {
  'cut off': cut,
  garbled,
  zeroed,
  'partly written': mixed,
} satisfies Record<string, Damage>;

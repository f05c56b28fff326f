/** How much a database takes: bytes. */
export interface DatabaseSize {
  readonly bytes: number;
  /** of that: room in it for what comes next */
  readonly free: number;
  /** it can give room back to the disk in small steps; false: only `shrink` can, once */
  readonly givesBack: boolean;
}

/** Why something cannot be done to a database now. */
export class UpkeepError extends Error {
  override readonly name = 'UpkeepError';

  constructor(
    readonly reason: 'no-space' | 'busy' | 'in-use',
    message: string,
  ) {
    super(message);
  }
}

/** What has to be done to a database in a file now and then. A database server does all of it by itself. */
export interface Upkeep {
  size(): DatabaseSize;
  /**
   * Gives some room back to the disk; holds the event loop for about a tenth of a millisecond a page.
   *
   * @returns how many pages it gave back; 0 where there is none to give, or it cannot
   * @throws UpkeepError; StorageError
   */
  giveBack(pages: number): Promise<number>;
  /**
   * Whether the file is sound, in a thread: reads all of it.
   *
   * @returns a few lines about what is wrong; none: it is sound
   * @throws UpkeepError; StorageError; the signal's reason
   */
  check(signal: AbortSignal): Promise<string[]>;
  /** Bytes that must be free on the disk for `shrink`. */
  neededToShrink(): number;
  /**
   * Writes the whole database anew without the room in it, and goes on with that. Meanwhile everything can be read, and
   * what is written waits. Whatever happens, the one or the other is whole on the disk.
   *
   * @param signal goes on with the old one; the new one is thrown away
   * @param onProgress called with how many bytes are written
   * @throws UpkeepError; StorageError; the signal's reason
   */
  shrink(signal: AbortSignal, onProgress: (written: number) => void): Promise<void>;
}

import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';

/** Bytes read at once. */
const PIECE = 256 * 1024;
/** Pieces of memory kept for the next file. A new one for each would keep the garbage collector busy. */
const KEPT = 16;
const free: Buffer[] = [];

/** A part of an open file on its way out: written piece by piece as fast as the other side takes it. */
export class FileOutflow {
  constructor(
    private readonly file: FileHandle,
    private readonly range: { readonly start: number; readonly end: number },
  ) {}

  /**
   * Writes it to `sink`, which is not ended; the file is closed then.
   *
   * @throws Error when the other side is gone, or the disk fails
   */
  async writeTo(sink: Writable): Promise<void> {
    const piece = free.pop() ?? Buffer.allocUnsafeSlow(PIECE);
    try {
      await this.#write(sink, piece);
      // Not where something went wrong: the system may still be sending from it.
      if (free.length < KEPT) free.push(piece);
    } finally {
      await this.file.close();
    }
  }

  /** It is not wanted after all. */
  destroy(): void {
    // The file was only read: that it cannot be closed changes nothing.
    this.file.close().catch(() => undefined);
  }

  async #write(sink: Writable, piece: Buffer): Promise<void> {
    const { start, end } = this.range;
    for (let at = start; at <= end; ) {
      const { bytesRead } = await this.file.read(piece, 0, Math.min(PIECE, end - at + 1), at);
      if (bytesRead === 0) throw new Error('the file is shorter than it was');
      at += bytesRead;
      await written(sink, piece.subarray(0, bytesRead));
    }
  }
}

/** Resolves once nobody needs `bytes` any more. */
function written(sink: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('the other side is gone'));
    if (sink.destroyed) return onClose();
    sink.once('close', onClose);
    sink.write(bytes, (error) => {
      sink.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}

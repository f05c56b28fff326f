import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src-main/base/clock.js';
import { FileStore, FileTooLargeError } from '../../src-main/storage/file-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const store = () => new FileStore(join(folder, 'media'));
const chunks = async function* (...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
};
const failing = async function* () {
  yield Buffer.from('half');
  throw new Error('the sender is gone');
};
const unfinished = () => readdir(join(folder, 'media', 'unfinished'));
const read = async (files: FileStore, hash: string, range?: { start: number; end: number }) => {
  const stream = await files.read(hash, range);
  return stream && text(stream);
};

it('gives back what it was given, by its hash', async () => {
  const files = store();
  const stored = await files.put(chunks('hello ', 'world'), 100);
  expect(stored).toEqual({ hash: createHash('sha256').update('hello world').digest('hex'), size: 11 });
  expect(await read(files, stored.hash)).toBe('hello world');
  expect(await read(files, stored.hash, { start: 6, end: 8 })).toBe('wor');
  expect(await read(store(), stored.hash)).toBe('hello world');
});

it('keeps empty files and the same content once', async () => {
  const files = store();
  expect((await files.put(chunks(), 0)).size).toBe(0);
  const [a, b] = await Promise.all([files.put(chunks('same'), 9), files.put(chunks('sa', 'me'), 9)]);
  expect(a).toEqual(b);
  expect(await unfinished()).toEqual([]);
});

it('knows nothing of what was never stored or is removed', async () => {
  const files = store();
  expect(await read(files, 'a'.repeat(64))).toBeUndefined();
  const { hash } = await files.put(chunks('a'), 9);
  await files.remove(hash);
  await files.remove(hash);
  expect(await read(files, hash)).toBeUndefined();
});

it('keeps nothing of what is too large or breaks off', async () => {
  const files = store();
  await expect(files.put(chunks('12345', '6'), 5)).rejects.toThrow(FileTooLargeError);
  await expect(files.put(failing(), 5)).rejects.toThrow('the sender is gone');
  expect(await unfinished()).toEqual([]);
});

it('clears away what an earlier run left unfinished', async () => {
  await mkdir(join(folder, 'media', 'unfinished'), { recursive: true });
  await writeFile(join(folder, 'media', 'unfinished', 'left'), 'half');
  const files = store();
  await files.put(chunks('a'), 9);
  expect(await unfinished()).toEqual([]);
});

it('says when the disk is full', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const source = async function* () {
    yield Buffer.from('a');
    throw full;
  };
  await expect(store().put(source(), 9)).rejects.toMatchObject({ name: 'StorageError', kind: 'full', cause: full });
});

describe('a file on its way out', () => {
  const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));
  const stored = async () => {
    const store = new FileStore(folder, systemClock);
    const source = async function* () {
      yield bytes;
    };
    return { store, ...(await store.put(source(), bytes.length)) };
  };
  const received = async (outflow: { writeTo(sink: Writable): Promise<void> } | undefined) => {
    const chunks: Buffer[] = [];
    // Takes its time, and keeps nothing of what it is given.
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          chunks.push(Buffer.from(chunk));
          done();
        });
      },
    });
    await outflow?.writeTo(sink);
    return Buffer.concat(chunks);
  };

  it('is all of it, or the part that was asked for, also when many are sent at once', async () => {
    const { store, hash } = await stored();
    const ranges = [
      [0, bytes.length - 1],
      [0, 0],
      [262_143, 262_144],
      [100, 500_000],
      [599_999, 599_999],
    ] as const;
    const sent = await Promise.all(
      ranges.map(async ([start, end]) => received(await store.open(hash, { start, end }))),
    );
    for (const [index, [start, end]] of ranges.entries()) {
      expect(sent[index]?.equals(bytes.subarray(start, end + 1))).toBe(true);
    }
    expect(await store.open('0'.repeat(64), { start: 0, end: 1 })).toBeUndefined();
  });

  it('fails when the other side goes away, or there is less than was said', async () => {
    const { store, hash } = await stored();
    const gone = new Writable({ write: () => undefined });
    const outflow = await store.open(hash, { start: 0, end: bytes.length - 1 });
    const sending = outflow?.writeTo(gone);
    setImmediate(() => gone.destroy());
    await expect(sending).rejects.toThrow('gone');
    await expect(received(await store.open(hash, { start: 0, end: bytes.length }))).rejects.toThrow('shorter');
  });
});

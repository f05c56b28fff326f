import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
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

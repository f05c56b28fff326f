import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Caches } from '../../src-main/base/caches.js';

describe('caches', () => {
  it('gives each cache its share of the memory', () => {
    const caches = new Caches(10_000);
    const cache = caches.lru<string, number>('numbers', { share: 0.1, entryBytes: 100 });
    for (let index = 0; index < 50; index += 1) cache.set(`key ${index}`, index);
    expect(caches.report()).toEqual([
      { name: 'numbers', hits: 0, misses: 0, entries: 10, bytes: 1000, mostBytes: 1000 },
    ]);
    expect(cache.get('key 39')).toBeUndefined();
    expect(cache.get('key 40')).toBe(40);
  });

  it('drops what was not used for longest', () => {
    const cache = new Caches(300).lru<string, number>('numbers', { share: 1, entryBytes: 100 });
    for (const key of ['a', 'b', 'c']) cache.set(key, 1);
    cache.get('a');
    cache.peek('b');
    cache.set('d', 1);
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.has(key))).toEqual(['a', 'c', 'd']);
  });

  it('measures entries by a function, unless the one who sets them knows better', () => {
    const caches = new Caches(1000);
    const cache = caches.lru<string, string>('texts', {
      share: 1,
      entryBytes: (text, key) => text.length + key.length,
    });
    cache.set('four', 'sixteen letters!');
    expect(caches.report()[0]?.bytes).toBe(20);
    cache.set('five5', 'anything', 600.5);
    expect(caches.report()[0]?.bytes).toBe(621);
    cache.set('more', 'anything', 379);
    expect(caches.report()[0]).toMatchObject({ bytes: 1000, entries: 3 });
  });

  it('does not keep what alone is larger than the cache, nor what it replaces', () => {
    const cache = new Caches(100).lru<string, number>('numbers', { share: 1, entryBytes: 60 });
    cache.set('a', 1);
    cache.set('a', 2, 101);
    expect(cache.get('a')).toBeUndefined();
  });

  it('counts hits and misses', () => {
    const caches = new Caches(1000);
    const cache = caches.lru<string, number>('numbers', { share: 1, entryBytes: 100 });
    cache.get('a');
    cache.set('a', 1);
    cache.get('a');
    cache.get('a');
    cache.peek('a');
    cache.has('b');
    expect(caches.report()[0]).toMatchObject({ hits: 2, misses: 1 });
  });

  it('forgets everything but what is nowhere else', () => {
    const caches = new Caches(1000);
    const read = caches.lru<string, number>('read', { share: 0.5, entryBytes: 100 });
    const given = caches.lru<string, number>('given', { share: 0.5, entryBytes: 100, isOnlyCopy: true });
    read.set('a', 1);
    given.set('a', 1);
    caches.clear();
    expect(read.get('a')).toBeUndefined();
    expect(given.get('a')).toBe(1);
  });

  it('refuses to give away more than there is', () => {
    const caches = new Caches(1000);
    for (let index = 0; index < 10; index += 1) caches.lru(`tenth ${index}`, { share: 0.1, entryBytes: 100 });
    expect(() => caches.lru('one too many', { share: 0.01, entryBytes: 100 })).toThrow('1.0100 would be given away');
    expect(() => new Caches(1000).mostEntries('all and more', { share: 1.1, entryBytes: 1 })).toThrow('given away');
  });

  it('refuses a share of nothing and a name given twice', () => {
    const caches = new Caches(1000);
    expect(() => caches.lru('nothing', { share: 0, entryBytes: 100 })).toThrow('cannot have 0');
    caches.lru('twice', { share: 0.1, entryBytes: 100 });
    expect(() => caches.lru('twice', { share: 0.1, entryBytes: 100 })).toThrow('two caches of the name twice');
  });

  it('says how many entries others may keep, at least one', () => {
    expect(new Caches(1000).mostEntries('topics', { share: 0.5, entryBytes: 100 })).toBe(5);
    expect(new Caches(0).mostEntries('topics', { share: 0.5, entryBytes: 100 })).toBe(1);
  });

  it('never holds more than the setting, whatever is set', () => {
    const uses = fc.array(fc.tuple(fc.nat(2), fc.nat(20), fc.nat(400)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 2000 }), uses, (bytes, sets) => {
        const caches = new Caches(bytes);
        const all = [0.5, 0.3, 0.2].map((share) =>
          caches.lru<number, string>(`share ${share}`, { share, entryBytes: (text) => text.length + 1 }),
        );
        for (const [which, key, length] of sets) all[which]?.set(key, 'x'.repeat(length));
        const held = caches.report().reduce((sum, cache) => sum + cache.bytes, 0);
        expect(held).toBeLessThanOrEqual(bytes);
      }),
    );
  });
});

import { expect, it } from 'vitest';
import { parsePath, parsePaths, project, valueAt } from '../../src-main/spec/property-path.js';

it.each([
  ['content.body', ['content', 'body']],
  ['content.m\\.relates_to.rel_type', ['content', 'm.relates_to', 'rel_type']],
  ['m\\.foo', ['m.foo']],
  ['a\\\\.b', ['a\\', 'b']],
  ['a\\b', ['a\\b']],
  ['a\\', ['a\\']],
  ['', ['']],
  ['a..b', ['a', '', 'b']],
  ['\\..', ['.', '']],
])('takes %j apart', (path, keys) => expect(parsePath(path)).toEqual(keys));

const object = JSON.parse('{"content":{"body":"x","a.b":{"c":1},"list":[1]},"type":"t","__proto__":{"y":2}}');

it.each([
  ['content.body', 'x'],
  ['content.a\\.b.c', 1],
  ['content.list.0', undefined],
  ['content.missing', undefined],
  ['content.body.length', undefined],
  ['toString', undefined],
  ['__proto__.y', 2],
])('finds %s', (path, value) => expect(valueAt(object, parsePath(path))).toEqual(value));

it.each([
  [['content.body'], '{"content":{"body":"x"}}'],
  [['content.body', 'content.a\\.b.c', 'type'], '{"content":{"body":"x","a.b":{"c":1}},"type":"t"}'],
  [['content', 'content.body'], '{"content":{"body":"x","a.b":{"c":1},"list":[1]}}'],
  [['nothing', 'content.nothing'], '{}'],
  [['__proto__'], '{"__proto__":{"y":2}}'],
  [[], '{}'],
])('keeps only %j', (fields, expected) => expect(JSON.stringify(project(object, parsePaths(fields)))).toBe(expected));

it('changes nothing in the object it copies from', () => {
  const before = JSON.stringify(object);
  project(object, parsePaths(['content.a\\.b', 'content.a\\.b.c']));
  expect(JSON.stringify(object)).toBe(before);
});

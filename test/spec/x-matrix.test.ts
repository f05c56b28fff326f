import { expect, it } from 'vitest';
import { parseXMatrix, requestObject, writeXMatrix } from '../../src-main/spec/x-matrix.js';

const full = { origin: 'one.test', destination: 'two.test', keyId: 'ed25519:a_1', signature: 'AB/c+d' };

it.each([
  ['the form of the specification', 'X-Matrix origin="one.test",destination="two.test",key="ed25519:a_1",sig="AB/c+d"'],
  ['no quotes', 'X-Matrix origin=one.test,destination=two.test,key=ed25519:a_1,sig=AB/c+d'],
  ['another order', 'X-Matrix sig="AB/c+d",key="ed25519:a_1",destination="two.test",origin="one.test"'],
  ['another case', 'x-matrix Origin="one.test",DESTINATION="two.test",Key="ed25519:a_1",SIG="AB/c+d"'],
  ['white space', 'X-Matrix   origin = "one.test" , destination="two.test",\tkey="ed25519:a_1", sig="AB/c+d" '],
  ['unknown names', 'X-Matrix v=1,origin="one.test",destination="two.test",key="ed25519:a_1",sig="AB/c+d",x="a,b"'],
  ['escapes', 'X-Matrix origin="one\\.test",destination="two.test",key="ed25519:a\\_1",sig="AB/c+d"'],
  ['empty parts', 'X-Matrix ,origin="one.test",,destination="two.test",key="ed25519:a_1",sig="AB/c+d", '],
  [
    'a name that comes twice',
    'X-Matrix origin=one.test,origin=evil.test,destination=two.test,key=ed25519:a_1,sig=AB/c+d',
  ],
])('reads %s', (_case, header) => expect(parseXMatrix(header)).toEqual(full));

it('does without a destination, and with ports and padding', () => {
  expect(parseXMatrix('X-Matrix origin=one.test:8448,key="ed25519:1",sig="AB=="')).toEqual({
    origin: 'one.test:8448',
    destination: undefined,
    keyId: 'ed25519:1',
    signature: 'AB==',
  });
});

it.each([
  ['another scheme', 'Bearer abc'],
  ['no space', 'X-Matrixorigin=one.test,key=a,sig=b'],
  ['no origin', 'X-Matrix key="ed25519:1",sig="AB"'],
  ['no key', 'X-Matrix origin="one.test",sig="AB"'],
  ['no signature', 'X-Matrix origin="one.test",key="ed25519:1"'],
  ['an origin that is no server name', 'X-Matrix origin="one test",key="ed25519:1",sig="AB"'],
  ['a destination that is no server name', 'X-Matrix origin=one.test,destination="two/test",key="ed25519:1",sig="AB"'],
  ['an open quote', 'X-Matrix origin="one.test,key="ed25519:1",sig="AB'],
  ['nothing', ''],
  ['far too much', `X-Matrix origin=one.test,key=a,sig=${'a'.repeat(5000)}`],
])('refuses %s', (_case, header) => expect(parseXMatrix(header)).toBeUndefined());

it('writes what it reads', () => {
  expect(writeXMatrix(full)).toBe('X-Matrix origin="one.test",destination="two.test",key="ed25519:a_1",sig="AB/c+d"');
  const odd = { ...full, keyId: 'ed25519:"\\', destination: undefined };
  expect(parseXMatrix(writeXMatrix(odd))).toEqual(odd);
});

it('leaves out the content of a request that has none', () => {
  const request = { method: 'GET', uri: '/a?b=c', origin: 'one.test', destination: 'two.test' };
  expect(JSON.stringify(requestObject(request))).toBe(JSON.stringify(request));
  expect(requestObject({ ...request, content: {} })).toHaveProperty('content', {});
});

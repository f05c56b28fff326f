import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver, testConfig } from '../support/homeserver.js';
import { allOperations } from '../support/openapi-source.js';
import { disagreements, listing, missing } from './coverage.js';

let server: TestHomeserver;
beforeAll(async () => {
  const { urlPreviews } = testConfig('/nowhere');
  server = await startHomeserver({ config: { urlPreviews: { ...urlPreviews, enabled: true } } });
});
afterAll(() => server[Symbol.asyncDispose]());

it('agrees with the spec about the name, method, path and caller of every endpoint', () => {
  expect(server.endpoints.flatMap(disagreements)).toEqual([]);
});

it('names the source file of every endpoint', () => {
  expect(listing(server.endpoints).filter((line) => line.endsWith('?'))).toEqual([]);
});

it('claims each operation once', () => {
  const claimed = server.endpoints.map(({ spec }) => spec).filter((spec) => spec !== '-');
  expect(claimed.filter((spec, at) => claimed.indexOf(spec) !== at)).toEqual([]);
});

it('says which operations are not there yet', () => {
  const operations = allOperations('client-server');
  const absent = missing(server.endpoints, operations);
  console.log(`${operations.length - absent.length} of ${operations.length} client-server operations; not there yet:`);
  for (const { method, path, name, deprecated } of absent) {
    console.log(`  ${method.padEnd(6)} ${path}  ${name}${deprecated ? '  (deprecated)' : ''}`);
  }
});

it('answers every operation between servers but those of policy servers', () => {
  const absent = missing(server.endpoints, allOperations('server-server')).map(({ name }) => name);
  expect(absent).toEqual(['server-server/room_policy.yaml#askPolicyServerToSign']);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeCertificate } from '../../src-main/tls/judge-certificate.js';
import { makeSelfSigned } from '../../src-main/tls/self-signed.js';
import { systemClock } from '../../src-main/base/clock.js';
import { TestAuthority, writePair } from '../support/authority.js';

const DAY = 86_400_000;
const authority = new TestAuthority('A good authority');
const newFolder = () => mkdtempSync(join(tmpdir(), 'hearth-judge-'));
const judge = (paths: { certificatePath: string; privateKeyPath: string }, host = 'family.test') =>
  judgeCertificate(paths, host, Date.now(), [authority.certificate]);
const codes = (judgement: ReturnType<typeof judge>) =>
  judgement.findings.flatMap(({ state, code }) => (state === 'ok' ? [] : [`${state} ${code ?? '-'}`]));

it('finds nothing wrong with a certificate that everybody trusts', () => {
  const judgement = judge(writePair(newFolder(), 'good', authority.issue(['family.test', '*.family.test'])));
  expect(codes(judgement)).toEqual([]);
  expect(judgement.facts).toMatchObject({ names: ['family.test', '*.family.test'], issuer: 'A good authority' });
  expect(judgement.isUsable).toBe(true);
});

it.each<[string, { names?: string[]; validFrom?: number; validTo?: number }, string[], boolean]>([
  ['another name', { names: ['other.test'] }, ['error NAME_OTHER'], true],
  ['an end that has come', { validTo: Date.now() - DAY }, ['error DATES_EXPIRED'], true],
  ['an end that is near', { validTo: Date.now() + 5 * DAY }, ['warning DATES_SOON'], true],
  ['a beginning that is to come', { validFrom: Date.now() + DAY }, ['error DATES_EARLY'], true],
])('says so of %s', (_case, { names = ['family.test'], ...dates }, wrong, usable) => {
  const judgement = judge(writePair(newFolder(), 'x', authority.issue(names, dates)));
  expect(codes(judgement)).toEqual(wrong);
  expect(judgement.isUsable).toBe(usable);
});

it('says that a certificate is vouched for by nobody', () => {
  const judgement = judge(writePair(newFolder(), 'own', makeSelfSigned('family.test', systemClock)));
  expect(codes(judgement)).toEqual(['warning CHAIN_SELF_SIGNED']);
  expect(judgement.facts?.isSelfSigned).toBe(true);
});

it('says that the authority in between is missing, is another one, or is unknown', () => {
  const stranger = new TestAuthority('A stranger');
  const folder = newFolder();
  const alone = writePair(folder, 'alone', stranger.issue(['family.test']));
  expect(codes(judge(alone))).toEqual(['error CHAIN_INCOMPLETE']);
  const made = stranger.issue(['family.test']);
  const withOther = { ...made, certificate: made.certificate + authority.certificate };
  expect(codes(judge(writePair(folder, 'other', withOther)))).toEqual(['error CHAIN_ORDER']);
  const withOwn = { ...made, certificate: made.certificate + stranger.certificate };
  expect(codes(judge(writePair(folder, 'whole', withOwn)))).toEqual(['warning CHAIN_UNKNOWN']);
});

it.each([
  ['no certificate', 'CERT_NO_FILE', { cert: undefined }],
  ['something else for a certificate', 'CERT_NO_PEM', { cert: 'hello' }],
  ['no key', 'KEY_NO_FILE', { key: undefined }],
  ['something else for a key', 'KEY_NO_PEM', { key: 'hello' }],
  ['a key with a passphrase', 'KEY_ENCRYPTED', { key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n' }],
  ['the key of another', 'KEY_OTHER', { key: authority.issue(['x.test']).privateKey }],
])('cannot use %s', (_case, code, given: { cert?: string | undefined; key?: string | undefined }) => {
  const folder = newFolder();
  const good = authority.issue(['family.test']);
  const paths = { certificatePath: join(folder, 'c.pem'), privateKeyPath: join(folder, 'k.pem') };
  const { cert = 'cert' in given ? undefined : good.certificate } = given;
  const { key = 'key' in given ? undefined : good.privateKey } = given;
  if (cert !== undefined) writeFileSync(paths.certificatePath, cert);
  if (key !== undefined) writeFileSync(paths.privateKeyPath, key);
  const judgement = judge(paths);
  expect(judgement.isUsable).toBe(false);
  expect(judgement.findings.map((each) => each.code)).toContain(code);
});

import { describe, expect, it } from 'vitest';
import { checkPasswordPolicy } from '../../../src-main/matrix/accounts/password-policy.js';
import { Passwords } from '../../../src-main/matrix/accounts/passwords.js';

const plain = new Passwords({ rounds: 4, pepper: '' });
const peppered = new Passwords({ rounds: 4, pepper: '+the pepper' });

// Made by the C library's crypt(3) of what Synapse hashes: the NFKC form of the password with the pepper behind it.
describe('hashes of Synapse', () => {
  it.each([
    ['a short password', plain, 'correct horse pepper', '$2b$04$abcdefghijklmnopqrstuu5DWYzLMaLw6lNQMCHoGl5jG/8sJZmVC'],
    ['an old prefix', plain, 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['a pepper', peppered, '\u00C5pw', '$2b$04$abcdefghijklmnopqrstuubiUCmTuKaP/r7LcybrgjLneS3FssE52'],
    ['a compatible letter', peppered, '\u212Bpw', '$2b$04$abcdefghijklmnopqrstuubiUCmTuKaP/r7LcybrgjLneS3FssE52'],
    [
      '72 bytes and more',
      plain,
      '0123456789'.repeat(8),
      '$2b$04$abcdefghijklmnopqrstuum2G75IXDN/xsgbNa/hCiPSKyIHQd70S',
    ],
  ])('verify: %s', async (_case, passwords, password, hash) => {
    expect(await passwords.verify(password, hash)).toBe(true);
    expect(await passwords.verify(`not ${password}`, hash)).toBe(false);
  });
});

it.each([
  ['a word', 'tomato'],
  ['the empty text', ''],
  ['72 bytes', 'x'.repeat(72)],
  ['73 bytes', 'x'.repeat(73)],
  ['many letters of many bytes', '\u{1F345}'.repeat(100)],
  ['NUL inside', 'be\0hind'],
])('verifies what it hashed: %s', async (_case, password) => {
  for (const passwords of [plain, peppered]) {
    const hash = await passwords.hash(password);
    expect(await passwords.verify(password, hash)).toBe(true);
    expect(await passwords.verify(`${password}!`, hash)).toBe(false);
  }
});

it('tells apart long passwords that begin alike', async () => {
  const hash = await plain.hash(`${'x'.repeat(72)}1`);
  expect(await plain.verify(`${'x'.repeat(72)}2`, hash)).toBe(false);
});

it('does not cut at NUL', async () => {
  expect(await plain.verify('be\0fore', await plain.hash('be\0hind'))).toBe(false);
});

it('writes hashes of short passwords as Synapse would', async () => {
  expect(await plain.hash('tomato')).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
});

it('says no to nobody’s password, whatever it is', async () => {
  for (const password of ['', 'tomato', 'x'.repeat(100)]) expect(await plain.verify(password, undefined)).toBe(false);
});

it('works as long for nobody as for somebody', async () => {
  const passwords = new Passwords({ rounds: 10, pepper: '' });
  const hash = await passwords.hash('tomato');
  const took = async (stored: string | undefined) => {
    const start = process.cpuUsage();
    for (let i = 0; i < 3; i += 1) await passwords.verify('potato', stored);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  expect((await took(undefined)) / (await took(hash))).toBeGreaterThan(0.3);
});

it('knows a hash that was cheaper than today’s', async () => {
  const today = new Passwords({ rounds: 5, pepper: '' });
  expect(today.isOutdated(await plain.hash('tomato'))).toBe(true);
  expect(today.isOutdated(await plain.hash('x'.repeat(100)))).toBe(true);
  expect(today.isOutdated(await today.hash('tomato'))).toBe(false);
});

it('refuses work when too much waits already', async () => {
  const slow = new Passwords({ rounds: 4, pepper: '' });
  const all = await Promise.allSettled(Array.from({ length: 400 }, () => slow.hash('tomato')));
  const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused).toHaveLength(400 - 256);
  expect(refused[0]).toMatchObject({ status: 429, errcode: 'M_LIMIT_EXCEEDED' });
});

describe('the policy', () => {
  const loose = {
    minimumLength: 0,
    requireDigit: false,
    requireSymbol: false,
    requireLowercase: false,
    requireUppercase: false,
  };
  it.each([
    ['nothing', '', loose],
    ['a short one', 'seven77', { ...loose, minimumLength: 8 }],
    ['few letters of many bytes', '\u{1F345}'.repeat(7), { ...loose, minimumLength: 8 }],
    ['one without a digit', 'Tomato!', { ...loose, requireDigit: true }],
    ['one without a symbol', 'Tomato1', { ...loose, requireSymbol: true }],
    ['one without a small letter', 'TOMATO1!', { ...loose, requireLowercase: true }],
    ['one without a capital letter', 'tomato1!', { ...loose, requireUppercase: true }],
  ])('refuses %s', (_case, password, policy) => {
    expect(() => checkPasswordPolicy(password, policy)).toThrow(
      expect.objectContaining({ errcode: 'M_WEAK_PASSWORD' }),
    );
  });

  it('takes what has everything', () => {
    const strict = {
      minimumLength: 8,
      requireDigit: true,
      requireSymbol: true,
      requireLowercase: true,
      requireUppercase: true,
    };
    expect(() => checkPasswordPolicy('Tomato-1', strict)).not.toThrow();
  });

  it('refuses what is far too long', () => {
    expect(() => checkPasswordPolicy('x'.repeat(513), loose)).toThrow(
      expect.objectContaining({ errcode: 'M_INVALID_PARAM' }),
    );
  });
});

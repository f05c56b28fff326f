import { expect, it } from 'vitest';
import {
  openRecoveryKit,
  RecoveryKitError,
  recoveryKitText,
  sealRecoveryKit,
} from '../../src-main/maintenance/recovery-kit.js';

const CONTENTS = {
  serverName: 'family.test',
  keyIds: ['ed25519:a_CSXA'],
  signingKeys: 'ed25519 a_CSXA YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1\n',
};
const PASSPHRASE = 'k7wd-m3xq-9hfb-r2tz';
const make = async () => recoveryKitText(await sealRecoveryKit(CONTENTS, PASSPHRASE, 1_700_000_000_000));

it('gives back what was put into it', async () => {
  const text = await make();
  expect(await openRecoveryKit(text, PASSPHRASE)).toEqual(CONTENTS);
  const printed = JSON.stringify({ ...JSON.parse(text), how_to_restore: [] });
  expect(await openRecoveryKit(printed, PASSPHRASE)).toEqual(CONTENTS);
});

it('shows the name and how to restore, and not the key', async () => {
  const text = await make();
  expect(text).toContain('family.test');
  expect(text).toContain('hearth restore-key');
  expect(text).not.toContain('YJDBA9Xnr2s');
  expect(await make()).not.toBe(text);
});

it.each(['K7WD M3XQ 9HFB R2TZ', 'k7wdm3xq9hfbr2tz', ' k7wd-m3xq-9hfb-r2tz\n'])(
  'takes the passphrase as people type it: %j',
  async (typed) => {
    expect(await openRecoveryKit(await make(), typed)).toEqual(CONTENTS);
  },
);

it.each([
  ['another passphrase', (text: string) => text, 'k7wd-m3xq-9hfb-r2tx', 'WRONG_PASSPHRASE'],
  ['another name', (text: string) => text.replaceAll('family.test', 'evil.test'), PASSPHRASE, 'WRONG_PASSPHRASE'],
  ['half of it', (text: string) => text.slice(0, 200), PASSPHRASE, 'NOT_A_KIT'],
  ['something else', () => '{"type":"cake"}', PASSPHRASE, 'NOT_A_KIT'],
  ['far too much', (text: string) => text.padEnd(100_000), PASSPHRASE, 'NOT_A_KIT'],
])('does not open with %s', async (_case, change, passphrase, code) => {
  const opening = openRecoveryKit(change(await make()), passphrase);
  await expect(opening).rejects.toBeInstanceOf(RecoveryKitError);
  await expect(opening).rejects.toMatchObject({ code });
});

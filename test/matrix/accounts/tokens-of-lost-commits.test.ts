import { expect, it } from 'vitest';
import { Caches } from '../../../src-main/base/caches.js';
import { sha256Base64Url } from '../../../src-main/base/sha256.js';
import { AccessTokens } from '../../../src-main/matrix/accounts/access-tokens.js';

type Deps = ConstructorParameters<typeof AccessTokens>[0];
const request = { address: '127.0.0.1', userAgent: 'test', allowLocked: false };

it('a token counts no more where nobody knows whether its end was committed, and it was', async () => {
  const hash = sha256Base64Url('hat_alices');
  let isThere = true;
  const row = { tokenId: 1, userId: '@alice:hearth.test', deviceId: 'A', tokenHash: hash, isUnused: false };
  const undos: (() => void)[] = [];
  const db = {
    /** The commit happens and its answer is lost. */
    async write(work: (tx: object) => Promise<void>) {
      await work({ afterCommit: () => undefined, afterUndo: (then: () => void) => undos.push(then) });
      for (const then of undos) then();
      throw new Error('the connection was lost');
    },
  };
  const tokens = new AccessTokens({
    db,
    store: {
      byHash: async () => (isThere ? row : undefined),
      remove: async () => {
        isThere = false;
        return [hash];
      },
    },
    caches: new Caches(1_000_000),
    lastSeen: { note: () => undefined },
    clock: { now: () => 1 },
    lifetimes: {},
  } as unknown as Deps);
  await tokens.user('hat_alices', request);
  await expect(db.write((tx) => tokens.revoke(tx as never, 1))).rejects.toThrow('lost');
  await expect(tokens.user('hat_alices', request)).rejects.toMatchObject({ errcode: 'M_UNKNOWN_TOKEN' });
});

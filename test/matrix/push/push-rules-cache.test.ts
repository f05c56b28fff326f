import { expect, it } from 'vitest';
import { Caches } from '../../../src-main/base/caches.js';
import { PushRules } from '../../../src-main/matrix/push/push-rules.js';
import type { OwnRulesRecord } from '../../../src-main/matrix/push/push-rules.store.js';
import { noOwnRules } from '../../../src-main/spec/push-rules/ruleset.js';

const ALICE = '@alice:hearth.test';
type Deps = ConstructorParameters<typeof PushRules>[0];

it('a read that a change overtakes is not remembered', async () => {
  let stored: OwnRulesRecord | undefined;
  const db = {
    async write(work: (tx: object) => Promise<void>) {
      const commits: (() => void)[] = [];
      const tx = {
        position: () => 7,
        announce: () => undefined,
        afterCommit: (then: () => void) => commits.push(then),
        afterUndo: () => undefined,
      };
      await work(tx);
      for (const then of commits) then();
    },
  };
  const held = Promise.withResolvers<void>();
  const store = {
    async one(reader: object) {
      const found = stored;
      if (reader === db) await held.promise;
      return found;
    },
    async put(_tx: object, _userId: string, own: OwnRulesRecord['own'], position: number) {
      stored = { own, position };
    },
  };
  const rules = new PushRules({ db, store, caches: new Caches(1_000_000) } as unknown as Deps);
  const early = rules.position(ALICE);
  await rules.put(
    ALICE,
    'room',
    { rule_id: '!a:b', default: false, enabled: true, actions: [] },
    { before: undefined, after: undefined },
  );
  held.resolve();
  expect(await early).toBe(0);
  expect(await rules.position(ALICE)).toBe(7);
  expect(noOwnRules.changes.size).toBe(0);
});

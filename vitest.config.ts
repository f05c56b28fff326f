import { defineConfig } from 'vitest/config';

/** What runs only when it is asked for: `npm run test:interop` takes a real Synapse, `npm run screenshots` a while. */
const APART = ['interop', 'screenshots'];

export default defineConfig(({ mode }) => ({
  test: {
    include: APART.includes(mode) ? [`test/${mode}/*.test.ts`] : ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: APART.includes(mode) ? [] : [...APART, 'bench'].map((folder) => `test/${folder}/**`),
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    // its own default leaves a core to the runner, which needs none: on two cores that is half of them
    maxWorkers: '100%',
  },
}));

import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  test: {
    // `npm run test:interop`: stories with a real Synapse, which takes minutes to set up.
    include: mode === 'interop' ? ['test/interop/*.test.ts'] : ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: mode === 'interop' ? [] : ['test/interop/**', 'test/bench/**'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
  },
}));

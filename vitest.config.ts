// Unit and integration tests: beside the file that they test, on a real PostgreSQL that test/database-setup.ts starts once.
// The browser tests have a configuration of their own: e2e/vitest.config.ts.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,emulator,scripts,test,bench,web/src}/**/*.test.{ts,tsx}'],
    globalSetup: ['./test/database-setup.ts', './test/judge-setup.ts'],
    setupFiles: ['./test/least-privilege.ts'],
    environment: 'node',
    pool: 'forks',
    // Two cores are the smallest machine that the tests must pass on without timing out.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { TZ: 'UTC' },
  },
});

// The browser tests: each file starts Samsyn, the emulator and a mail server of its own, and a real browser in front.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: ['./test/database-setup.ts', './test/judge-setup.ts'],
    setupFiles: ['./test/least-privilege.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    env: { TZ: 'UTC' },
  },
});

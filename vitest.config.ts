import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Most of them wait for processes and terminals; one worker less than there are cores would wait alone.
    maxWorkers: 2,
    projects: [
      {
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'], testTimeout: 30_000 },
      },
      // Real processes and terminals on a shared machine: limits here end a hang, they measure nothing.
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
});

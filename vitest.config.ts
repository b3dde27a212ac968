/**
 * Four kinds of tests, by file name:
 *   *.test.ts         in parallel, sharing workers and their modules (no module-level state: CONTRIBUTING.md)
 *   *.host.test.ts    change this host (namespaces, bridges, daemons): root, one file at a time, each with a process of its own
 *   *.cloud.test.ts   whole clouds as processes of their own, which tests stop and kill: one file at a time
 *   *.guest.test.ts   boot real guests: the same, with more patience
 * MariaDB and RabbitMQ are started on first demand by the test kit and stopped at the end (testkit/engines).
 */
import { configDefaults, defineConfig } from 'vitest/config'

const SLOW = ['**/*.host.test.ts', '**/*.cloud.test.ts', '**/*.guest.test.ts']
const ELSEWHERE = [...configDefaults.exclude, '.packages/**', '.state/**', 'dashboard/**']

/** What a test waits for comes soon; only what hangs ends by these times and those below (testkit/patience.ts). A busy machine is slow, not wrong. */
const PATIENT = { poll: { timeout: 60_000 } }

function oneByOne(name: string, sequence: number, timeoutMs: number) {
  return {
    test: {
      name,
      include: [`**/*.${name}.test.ts`],
      exclude: ELSEWHERE,
      globalSetup: ['./testkit/engines/global-setup.ts'],
      pool: 'forks' as const,
      isolate: true,
      fileParallelism: false,
      maxWorkers: 1,
      sequence: { groupOrder: sequence },
      expect: PATIENT,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
    },
  }
}

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ELSEWHERE, ...SLOW],
          globalSetup: ['./testkit/engines/global-setup.ts'],
          pool: 'threads',
          isolate: false,
          sequence: { groupOrder: 0 },
          expect: PATIENT,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      oneByOne('host', 1, 600_000),
      oneByOne('cloud', 2, 900_000),
      oneByOne('guest', 3, 900_000),
    ],
  },
})

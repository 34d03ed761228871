import { defineConfig } from 'vitest/config'

/** Tests that start nothing but themselves; `npm run check` runs these alone. */
const unit = [
  'test/*.unit.test.ts',
  'test/{contract,runtime,sidecar,relay,api,bin,console,documents}/**/*.unit.test.ts',
  'test/architecture.test.ts',
]

/** Long ones that keep an eye on the time: two at once are enough. */
const long = ['test/system/crm/campaign-automation*.test.ts', 'test/api/core/auth/sessions.property.test.ts']

/** What needs both cores to itself: beside others it would be late, and make them late. */
const heavy = ['test/system/stress/*.test.ts']

export default defineConfig({
  test: {
    // One process a file would be slower than its tests; files do not share real programs.
    isolate: false,
    // They mostly wait for programs: one more than there are cores.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // Unit tests alone: what they leave to whole-stack tests counts as not covered.
    coverage: {
      provider: 'v8',
      include: ['{contract,runtime,sidecar,relay,api}/**/*.ts'],
      exclude: ['test/**'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'var/coverage',
      reportOnFailure: true,
    },
    projects: [
      { extends: true, test: { name: 'unit', include: unit } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...long, ...heavy],
          globalSetup: ['test/support/build.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: long,
          globalSetup: ['test/support/build.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: heavy,
          globalSetup: ['test/support/build.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})

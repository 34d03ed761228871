import { defineConfig } from 'vitest/config'

/** Tests that start nothing but themselves; `npm run check` runs these alone. */
const unit = [
  'test/*.unit.test.ts',
  'test/{contract,sidecar,api,bin,voip,onboarding,crm,docs}/**/*.unit.test.ts',
  'test/architecture.test.ts',
]

/** What needs both cores to itself: beside others it would be late, and make them late. */
const heavy = [
  'test/load.test.ts',
  'test/load-phones.test.ts',
  'test/soak.test.ts',
  'test/crm/automation*.test.ts',
  'test/api/core/sessions.property.test.ts',
]

export default defineConfig({
  test: {
    // A process a file is slower than the tests in it; real programs are shared by nobody.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: 'unit', include: unit } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...heavy],
          globalSetup: ['test/support/build.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: heavy,
          globalSetup: ['test/support/build.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

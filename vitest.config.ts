import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that start nothing but themselves; `npm run check` runs these alone. */
const unit = [
  'test/*.unit.test.ts',
  'test/{contract,runtime,sidecar,relay,api,bin,console,documents}/**/*.unit.test.ts',
  'test/architecture.test.ts',
]

/** They begin first: a long one that begins last would run alone at the end. */
const LONGEST = [
  'system/console/accessibility',
  'system/console/desk',
  'system/start',
  'system/component-failures',
  'system/streams/streams',
  'system/crm/campaign-automation-postgres',
  'system/crm/campaign-automation',
  'system/console/leads',
  'bin/token/token-servers',
  'bin/system/programs',
  'system/console/calls',
  'system/auth/login',
  'system/console/admin',
  'bin/admin/users-and-sessions',
  'bin/admin/do-not-call',
  'system/security/hostile-requests',
  'api/core/call-center/campaigns/dialer',
  'api/core/auth/sessions.property',
].map((name) => `/test/${name}.test.ts`)

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(name))
      return at === -1 ? LONGEST.length : at
    }
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

/** What needs both cores to itself: beside others it would be late, and make them late. */
const heavy = ['test/system/stress/*.test.ts']

export default defineConfig({
  test: {
    // One process a file would be slower than its tests; files do not share real programs.
    isolate: false,
    // They mostly wait for programs: twice as many as there are cores.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
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
          exclude: [...unit, ...heavy],
          globalSetup: ['test/support/build.ts', 'test/support/sql-templates.ts'],
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

#!/usr/bin/env node
// `npm test`: sets up what it needs, then types, lint, unused code, architecture and tests, in this order.
// `npm run check` (--quick) leaves out the tests that start real programs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireNode } from './environment.mjs'
import { ensurePackages } from './packages.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  console.log(`Usage: npm test [-- --quick] [-- <files>]

Checks types, lint and format, unused code and packages, the architecture, and runs the tests.
  --quick   only the tests that start no programs (the same as npm run check)
  <files>   only tests with this in their path`)
  process.exit(0)
}
const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--quick')
if (unknown !== undefined) {
  console.error(`unknown option ${unknown}; see npm test -- --help`)
  process.exit(2)
}
const quick = args.includes('--quick')
const filters = args.filter((arg) => !arg.startsWith('--'))

requireNode()
await ensurePackages({ dev: true })

/** @param {string} what @param {string} tool @param {string[]} toolArgs */
function check(what, tool, toolArgs) {
  const startedAt = Date.now()
  const { status } = spawnSync(join(root, 'node_modules', '.bin', tool), toolArgs, {
    cwd: root,
    stdio: 'inherit',
  })
  const took = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
  console.log(status === 0 ? `✓ ${what} (${took})` : `✗ ${what} (${took})`)
  return status === 0
}

let failedChecks = 0
if (!check('types', 'tsc', ['--noEmit'])) failedChecks += 1
if (!check('types of the console', 'tsc', ['-p', 'console'])) failedChecks += 1
if (!check('types of its worker', 'tsc', ['-p', 'console/worker'])) failedChecks += 1
if (!check('lint and format', 'biome', ['check', '--error-on-warnings', '.'])) failedChecks += 1
if (!check('unused code and packages', 'knip', [])) failedChecks += 1
if (!check('architecture', 'vitest', ['run', '--project', 'unit', 'test/architecture.test.ts']))
  failedChecks += 1

const folder = mkdtempSync(join(tmpdir(), 'hookswitch-test-'))
const report = join(folder, 'report.json')
const projects = quick ? ['--project', 'unit'] : []
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'vitest'),
  ['run', ...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  { cwd: root, stdio: 'inherit' },
)

/** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] } | undefined} */
let counts
try {
  counts = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error('the tests left no report')
}
rmSync(folder, { recursive: true, force: true })
// A file that could not be read, or could not begin or end, counts as one failed test.
const brokenFiles =
  counts?.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length ?? 1
const passed = counts?.numPassedTests ?? 0
const failed = (counts?.numFailedTests ?? 0) + brokenFiles + failedChecks
const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed === 0 && status === 0 && passed > 0 ? 0 : 1)

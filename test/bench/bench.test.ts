import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { project } from '../support/build.ts'
import { goalsOf, type Results } from './results.ts'
import { median, percentile, shuffled } from './statistics.ts'
import { TITLES } from './variants.ts'
import { readReport } from './wrk.ts'

const REPORT = `Running 5s test @ http://127.0.0.1:1/x
  1 threads and 32 connections
  Latency Distribution
     50%  812.00us
     75%    1.10ms
     90%    1.72ms
     99%    1.02s
  183520 requests in 5.00s, 242.03MB read
Requests/sec:  36702.41
Transfer/sec:     48.40MB
`

describe('reading a report of wrk', () => {
  test('all latencies become milliseconds', () => {
    expect(readReport(REPORT)).toEqual({
      requests: 183_520,
      requestsPerSecond: 36_702.41,
      p50Ms: 0.812,
      p99Ms: 1020,
    })
  })
  test.each([
    ['a refusal', '  Non-2xx or 3xx responses: 1\n'],
    ['a broken connection', '  Socket errors: connect 0, read 1, write 0, timeout 0\n'],
  ])('%s voids the run', (_, line) => {
    expect(() => readReport(REPORT + line)).toThrow('void')
  })
  test('what is no report is refused', () => {
    expect(() => readReport('unable to connect')).toThrow()
  })
})

describe('statistics', () => {
  test('the median is the middle one, or between the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
  })
  test('a percentile is one of the values', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1)
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)]).toEqual([
      50, 99, 100,
    ])
  })
  test('shuffling loses nothing', () => {
    expect(shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4])
  })
})

describe('a quick run over the gate', () => {
  let out = ''
  let results: Results

  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'hookswitch-bench-out-'))
    const args = ['bin/bench.mjs', '--quick', '--only', 'gate', '--out', out]
    await promisify(execFile)(process.execPath, args, { cwd: project })
    results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'))
  })
  afterAll(() => rm(out, { recursive: true, force: true }))

  const open = ['limit', 'floor', 'ownFloor']
  test.each(Object.keys(TITLES))('%s serves a token, and refuses to go without if it guards', (name) => {
    const variant = results.gate?.variants.find((one) => one.name === name)
    expect(variant).toMatchObject({
      statusWithToken: 200,
      statusWithoutToken: open.includes(name) ? 200 : 401,
    })
  })

  test('every number is there and above zero', () => {
    const { variants, rounds } = results.gate ?? { variants: [], rounds: [] }
    expect(rounds).toHaveLength(1)
    expect(variants).toHaveLength(6)
    for (const { name, title, ...numbers } of variants) {
      expect(title).toBe(TITLES[name])
      for (const [what, number] of Object.entries(numbers))
        expect(number, `${name} ${what}`).toBeGreaterThan(0)
    }
    expect(results.machine.cores).toBeGreaterThan(0)
  })

  test('the goals are judged by the numbers', () => {
    expect(results.goals).toEqual(goalsOf(results.gate))
    expect(results.goals).toHaveLength(4)
  })

  test('it leaves a table, a chart and the numbers', async () => {
    expect((await readdir(out)).sort()).toEqual(['gate.svg', 'results.json', 'results.md'])
    const page = await readFile(join(out, 'results.md'), 'utf8')
    for (const title of Object.values(TITLES)) expect(page).toContain(title)
  })
})

import { describe, expect, test } from 'vitest'
import {
  createFailureReporter,
  createItemFailureReporter,
  type FailureHandler,
} from '../../runtime/failure-reporter.ts'
import { createLog, failureLogger } from '../../runtime/log.ts'

/** Runs a job once a second. @returns the reports, each with its second */
function reportsOf(runs: readonly ('works' | 'fails')[]) {
  let second = 0
  const reports: unknown[] = []
  const onFailure: FailureHandler = Object.assign(
    (_: unknown, run?: object) => void reports.push([second, 'fails', run]),
    { recovered: (run: object) => void reports.push([second, 'works', run]) },
  )
  const reporter = createFailureReporter(onFailure, () => second * 1_000)
  for (const run of runs) {
    if (run === 'works') reporter.succeeded()
    else reporter.failed(new Error('no'))
    second += 1
  }
  return reports
}
const often = (count: number) => Array.from({ length: count }, () => 'fails' as const)

describe('createFailureReporter, for a job that runs repeatedly', () => {
  test('reports nothing while it works', () => expect(reportsOf(['works', 'works'])).toEqual([]))

  test('reports its first failure and its recovery', () => {
    expect(reportsOf(['works', 'fails', 'fails', 'fails', 'works', 'works'])).toEqual([
      [1, 'fails', { failures: 1, forSeconds: 0, lastSuccess: '1970-01-01T00:00:00.000Z' }],
      [4, 'works', { failures: 3, forSeconds: 3, lastSuccess: '1970-01-01T00:00:00.000Z' }],
    ])
  })

  test('reports every ten minutes while it keeps failing', () => {
    expect(reportsOf(often(1_300))).toMatchObject([
      [0, 'fails', { failures: 1, lastSuccess: null }],
      [600, 'fails', { failures: 601, forSeconds: 600 }],
      [1_200, 'fails', { failures: 1_201, forSeconds: 1_200 }],
    ])
  })

  test('reports a new failure after a recovery at once', () => {
    expect(reportsOf(['fails', 'works', 'fails']).map((one) => (one as unknown[])[1])).toEqual([
      'fails',
      'works',
      'fails',
    ])
  })

  test('logs events that can be searched for', () => {
    const lines: string[] = []
    const log = createLog('api', 'info', { write: (line) => void lines.push(line) })
    const reporter = createFailureReporter(failureLogger(log)('mail_send', 'mail could not be sent'), () => 0)
    reporter.failed(new Error('no'))
    reporter.succeeded()
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'warn',
        event: 'mail_send_failed',
        msg: 'mail could not be sent',
        failures: 1,
        err: { message: 'no' },
      },
      { level: 'info', event: 'mail_send_recovered', failures: 1 },
    ])
  })
})

describe('createItemFailureReporter, for a job that handles many items', () => {
  const open = () => {
    const reports: unknown[] = []
    let second = 0
    const reporter = createItemFailureReporter(
      Object.assign((_: unknown, run?: object) => void reports.push(['fails', run]), {
        recovered: () => void reports.push(['works']),
      }),
      () => second * 1_000,
    )
    const wait = (seconds: number) => {
      second += seconds
    }
    return { ...reporter, reports, wait }
  }

  test('reports once, however many items fail, and when none does', () => {
    const { failed, succeeded, reports } = open()
    for (const item of ['a', 'b', 'c', 'a']) failed(item, new Error('no'))
    for (const item of ['a', 'b', 'd']) succeeded(item)
    expect(reports).toMatchObject([['fails', { failures: 1, items: ['a'] }]])
    succeeded('c')
    expect(reports.slice(1)).toEqual([['works']])
  })

  test('reports every ten minutes while one item fails', () => {
    const { failed, succeeded, reports, wait } = open()
    for (let round = 0; round < 1_300; round++) {
      failed('bad', new Error('no'))
      succeeded(`good-${round}`)
      wait(1)
    }
    expect(reports).toMatchObject([
      ['fails', {}],
      ['fails', { failures: 601, items: ['bad'] }],
      ['fails', {}],
    ])
  })

  test('reports a recovery when the item that failed was deleted', () => {
    const { failed, succeeded, reports, wait } = open()
    failed('gone', new Error('no'))
    wait(601)
    succeeded('other')
    expect(reports).toMatchObject([['fails', {}], ['works']])
  })
})

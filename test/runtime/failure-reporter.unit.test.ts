import { describe, expect, test } from 'vitest'
import {
  createFailureReporter,
  createItemFailureReporter,
  type FailureHandler,
} from '../../runtime/failure-reporter.ts'
import { createLog, failureLogger } from '../../runtime/log.ts'

/** A job, run once a second. @returns what is reported, each with its second */
function reportsOf(runs: readonly ('works' | 'fails')[]) {
  let second = 0
  const reports: unknown[] = []
  const trouble: FailureHandler = Object.assign(
    (_: unknown, run?: object) => void reports.push([second, 'fails', run]),
    { recovered: (run: object) => void reports.push([second, 'works', run]) },
  )
  const failing = createFailureReporter(trouble, () => second * 1_000)
  for (const run of runs) {
    if (run === 'works') failing.succeeded()
    else failing.failed(new Error('no'))
    second += 1
  }
  return reports
}
const often = (count: number) => Array.from({ length: count }, () => 'fails' as const)

describe('a job that runs again and again', () => {
  test('is not reported while it works', () => expect(reportsOf(['works', 'works'])).toEqual([]))

  test('is reported when it begins to fail, and when it works again', () => {
    expect(reportsOf(['works', 'fails', 'fails', 'fails', 'works', 'works'])).toEqual([
      [1, 'fails', { failures: 1, forSeconds: 0, lastSuccess: '1970-01-01T00:00:00.000Z' }],
      [4, 'works', { failures: 3, forSeconds: 3, lastSuccess: '1970-01-01T00:00:00.000Z' }],
    ])
  })

  test('that goes on failing is reported every ten minutes', () => {
    expect(reportsOf(often(1_300))).toMatchObject([
      [0, 'fails', { failures: 1, lastSuccess: null }],
      [600, 'fails', { failures: 601, forSeconds: 600 }],
      [1_200, 'fails', { failures: 1_201, forSeconds: 1_200 }],
    ])
  })

  test('that fails anew is reported at once', () => {
    expect(reportsOf(['fails', 'works', 'fails']).map((one) => (one as unknown[])[1])).toEqual([
      'fails',
      'works',
      'fails',
    ])
  })

  test('has lines in the log that a search finds', () => {
    const lines: string[] = []
    const log = createLog('api', 'info', { write: (line) => void lines.push(line) })
    const failing = createFailureReporter(failureLogger(log)('mail_send', 'mail could not be sent'), () => 0)
    failing.failed(new Error('no'))
    failing.succeeded()
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

describe('a job that is done for each of many', () => {
  const open = () => {
    const said: unknown[] = []
    let second = 0
    const failing = createItemFailureReporter(
      Object.assign((_: unknown, run?: object) => void said.push(['fails', run]), {
        recovered: () => void said.push(['works']),
      }),
      () => second * 1_000,
    )
    const wait = (seconds: number) => {
      second += seconds
    }
    return { ...failing, said, wait }
  }

  test('is reported once, however many of them fail, and when none does', () => {
    const { failed, succeeded, said } = open()
    for (const item of ['a', 'b', 'c', 'a']) failed(item, new Error('no'))
    for (const item of ['a', 'b', 'd']) succeeded(item)
    expect(said).toMatchObject([['fails', { failures: 1, items: ['a'] }]])
    succeeded('c')
    expect(said.slice(1)).toEqual([['works']])
  })

  test('fails for as long as one of them does, and that is reported every ten minutes', () => {
    const { failed, succeeded, said, wait } = open()
    for (let round = 0; round < 1_300; round++) {
      failed('bad', new Error('no'))
      succeeded(`good-${round}`)
      wait(1)
    }
    expect(said).toMatchObject([
      ['fails', {}],
      ['fails', { failures: 601, items: ['bad'] }],
      ['fails', {}],
    ])
  })

  test('works again where the one that failed is gone', () => {
    const { failed, succeeded, said, wait } = open()
    failed('gone', new Error('no'))
    wait(601)
    succeeded('other')
    expect(said).toMatchObject([['fails', {}], ['works']])
  })
})

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Claims } from '../../contract/claims.ts'
import { createStreamLifecycle } from '../../sidecar/stream-lifecycle.ts'
import { validClaims } from '../contract/mint-token.ts'
import { createRecordingLog } from '../runtime/recording-log.ts'

const nowS = 1_750_000_000
const EARLIER = 'a1'.repeat(16)

let cohortFile = ''
beforeEach(() => {
  cohortFile = join(mkdtempSync(join(tmpdir(), 'hs-lifecycle-')), 'sidecar.sock.cohort')
})
afterEach(() => rmSync(join(cohortFile, '..'), { recursive: true, force: true }))

/** One open stream, fresh revocations; `state` may be changed. */
function setUp() {
  const state = { count: 1, ageMs: 0, monotonicMs: 0, revoked: false, cutFails: false }
  const done: string[] = []
  let isExpired = (_: Claims) => false
  const { log, events } = createRecordingLog()
  let cohorts = 1
  const cohort = () => String(cohorts).padStart(32, '0')
  const lifecycle = createStreamLifecycle({
    streams: {
      cohort,
      count: () => state.count,
      async cutAll() {
        cohorts += 1
        done.push('cut all')
        if (state.cutFails) throw new Error('the instances are unreachable')
      },
      async cutCohort(name) {
        done.push(`cut ${name}`)
      },
      closeExpired(check) {
        isExpired = check
      },
    },
    revocations: {
      ageMs: () => state.ageMs,
      isRevoked: () => state.revoked,
      prune: (untilS) => void done.push(`prune ${untilS}`),
    },
    streamStalenessMs: 4_000,
    cohortFile,
    now: () => nowS * 1_000,
    monotonic: () => state.monotonicMs,
    log,
  })
  /** A check 250 ms after the last one, or later. */
  const check = (afterMs = 250) => {
    state.monotonicMs += afterMs
    lifecycle.cutStaleStreams()
  }
  return { lifecycle, state, done, events, cohort, check, expires: (claims: Claims) => isExpired(claims) }
}

describe('stream lifecycle, at the start', () => {
  it('cuts the cohort of an earlier process, and stores its own for its owner alone', () => {
    writeFileSync(cohortFile, EARLIER)
    const { lifecycle, done, cohort } = setUp()
    lifecycle.cutEarlierStreams()
    expect(done).toEqual([`cut ${EARLIER}`])
    expect(readFileSync(cohortFile, 'latin1')).toBe(cohort())
  })

  it('creates the file with mode 0600 and cuts nothing if there was no earlier process', () => {
    const { lifecycle, done } = setUp()
    lifecycle.cutEarlierStreams()
    expect(done).toEqual([])
    expect(statSync(cohortFile).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'half', `../${EARLIER.slice(3)}`, `${EARLIER}\n`])('ignores a malformed file: %j', (text) => {
    writeFileSync(cohortFile, text)
    const { lifecycle, done } = setUp()
    lifecycle.cutEarlierStreams()
    expect(done).toEqual([])
  })
})

describe('stream lifecycle, at each check', () => {
  it('leaves the streams while revocations are fresh', () => {
    const { check, done, state } = setUp()
    state.ageMs = 4_000
    for (let n = 0; n < 10; n += 1) check()
    expect(done).toEqual([])
    expect(existsSync(cohortFile)).toBe(false)
  })

  it('cuts all streams when revocations are too old, and stores the new cohort', () => {
    const { check, done, state, events, cohort } = setUp()
    state.ageMs = 4_001
    check()
    expect([done, events]).toEqual([['cut all'], ['revocations_stale']])
    expect(readFileSync(cohortFile, 'latin1')).toBe(cohort())
  })

  it('cuts all streams when this process stalled for more than 2 s, although revocations are fresh', () => {
    const { check, done, events } = setUp()
    check(2_000)
    expect(done).toEqual([])
    check(2_001)
    check()
    expect([done, events]).toEqual([['cut all'], ['sidecar_stalled']])
  })

  it('does nothing while no stream is open', () => {
    const { check, done, state } = setUp()
    Object.assign(state, { count: 0, ageMs: Number.POSITIVE_INFINITY })
    check(9_000)
    expect(done).toEqual([])
  })

  it('logs that a cut failed', async () => {
    const { check, state, events } = setUp()
    Object.assign(state, { ageMs: 5_000, cutFails: true })
    check()
    await new Promise((resolve) => setImmediate(resolve))
    expect(events).toEqual(['revocations_stale', 'streams_cut_failed'])
  })
})

describe('stream lifecycle, each second', () => {
  const claims = (changes = {}) => Claims.parse({ ...validClaims(nowS - 60), ...changes })

  it.each([
    ['whose token expires now', { exp: nowS }, false],
    ['whose token expired 4 s ago: its client may be renewing it', { exp: nowS - 4 }, false],
    ['whose token expired 5 s ago', { exp: nowS - 5 }, true],
    ['of a session that ends now, without tolerance', { exp: nowS + 9, sxp: nowS }, true],
    ['of a session that ends in a second', { exp: nowS + 9, sxp: nowS + 1 }, false],
  ])('decides about a stream %s', (_, changes, expected) => {
    const { lifecycle, expires } = setUp()
    lifecycle.closeExpired()
    expect(expires(claims(changes))).toBe(expected)
  })

  it('ends a stream with revoked claims, in case the revocation came before the admission', () => {
    const { lifecycle, expires, state } = setUp()
    lifecycle.closeExpired()
    state.revoked = true
    expect(expires(claims({ exp: nowS + 60 }))).toBe(true)
  })

  it('deletes expired revocations', () => {
    const { lifecycle, done } = setUp()
    lifecycle.closeExpired()
    expect(done).toEqual([`prune ${nowS}`])
  })
})

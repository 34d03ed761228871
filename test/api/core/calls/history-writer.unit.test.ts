import { beforeEach, expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { CallRecord, DialledCall } from '../../../../api/core/calls/call-history.ts'
import type { CallListener } from '../../../../api/core/calls/call-tracker.ts'
import { createKeeping, type Keeping } from '../../../../api/core/calls/history-writer.ts'
import type { CdrFact } from '../../../../api/core/calls/pbx-events.ts'
import { recordOf } from '../../../../api/core/calls/to-call-record.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { aCall, aDirectory, aLeg } from './fixtures/calls.ts'

const directory = await aDirectory()
const ENDED = aCall({ state: 'ended', endedAt: 1_700_000_060_000_000, outcome: 'answered' })
const ASKED: DialledCall = {
  id: 'hk_1',
  userId: '2',
  number: '1003',
  createdAt: 1_700_000_000,
  outcome: null,
}

let fence: number | undefined
let now: number
let listener: CallListener
let live: Call[]
let isAway: boolean
let records: Map<string, CallRecord>
let enriched: unknown[][]
let dialled: Map<string, DialledCall>
let released: string[]
let kept: string[]
let keeping: Keeping
let troubles: string[]

/** This API holds the lease, the PBX is there, and the database, too. */
beforeEach(() => {
  fence = 1
  now = 1_700_000_100_000
  live = []
  isAway = false
  records = new Map()
  enriched = []
  dialled = new Map()
  released = []
  kept = []
  troubles = []
  keeping = createKeeping({
    table: {
      find: (id) => live.find((call) => call.id === id),
      onChange(told) {
        listener = told
        return () => {}
      },
    },
    history: {
      async save(some) {
        if (isAway) throw new Refusal('unavailable')
        if (some.some(({ id }) => id === 'poison')) throw new TypeError('a fault of ours')
        for (const record of some) records.set(record.id, record)
      },
      async enrich(...args) {
        enriched.push(args)
      },
    },
    dialled: {
      find: async (id) => dialled.get(id),
      async finish(id, outcome) {
        const call = dialled.get(id)
        if (call !== undefined) dialled.set(id, { ...call, outcome })
      },
      unfinished: async (before) =>
        [...dialled.values()].filter(({ outcome, createdAt }) => outcome === null && createdAt < before),
    },
    limits: {
      release: async (_, callId) => void released.push(callId),
      keep: async (calls) => void kept.push(...calls.map(({ callId }) => callId)),
    },
    lease: { fence: () => fence },
    recordOf: (call) =>
      recordOf(
        call,
        (endpoint) => directory.ofEndpoint(endpoint),
        () => [],
      ),
    personOf: (userId) => directory.ofUser(userId),
    isOnline: () => true,
    now: () => now,
    askedForMs: 60_000,
    onTrouble: (what) => void troubles.push(what),
  })
})

test('a call that is over is kept, with whose phones were in it', async () => {
  listener(ENDED, undefined)
  await keeping.tend()
  expect(records.get(ENDED.id)).toMatchObject({
    outcome: 'answered',
    parties: [{ userId: '2' }, { userId: '3' }],
  })
})

test('a backlog leaves room for others, also where the database makes nobody wait', async () => {
  fence = undefined
  for (let n = 0; n < 100; n += 1) listener({ ...ENDED, id: `${n}` }, undefined)
  fence = 1
  const writtenByThen = new Promise((resolve) => setImmediate(() => resolve(records.size)))
  await keeping.tend()
  expect(records.size).toBe(100)
  expect(await writtenByThen).toBeLessThan(50)
})

test('a call that lasts is not', async () => {
  listener(aCall(), undefined)
  await keeping.tend()
  expect(records.size).toBe(0)
})

test('who does not hold the lease keeps nothing, and all of the last minute once it does', async () => {
  fence = undefined
  listener(ENDED, undefined)
  await keeping.tend()
  expect(records.size).toBe(0)
  fence = 2
  now += 50_000
  await keeping.tend()
  expect(records.has(ENDED.id)).toBe(true)
})

test('what could not be kept is kept when the database is back', async () => {
  isAway = true
  listener(ENDED, undefined)
  await expect(keeping.tend()).rejects.toThrow()
  isAway = false
  await keeping.tend()
  expect(records.has(ENDED.id)).toBe(true)
})

test('a call that cannot be kept keeps no other waiting', async () => {
  listener({ ...ENDED, id: 'poison' }, undefined)
  listener(ENDED, undefined)
  await keeping.tend()
  await keeping.tend()
  expect([...records.keys()]).toEqual([ENDED.id])
})

test('a dialled call whose phone never rang is the dialler’s all the same, and no longer counts', async () => {
  dialled.set('hk_1', { ...ASKED, createdAt: now / 1000 - 10 })
  listener(
    { ...ENDED, id: 'hk_1', legs: [], outcome: 'own_unavailable', to: { number: '', name: '' } },
    undefined,
  )
  await keeping.tend()
  expect(records.get('hk_1')).toMatchObject({
    fromNumber: '1001',
    toNumber: '1003',
    parties: [{ userId: '2' }],
  })
  expect(dialled.get('hk_1')?.outcome).toBe('own_unavailable')
  expect(released).toEqual(['hk_1'])
})

test('what the PBX never told of is settled once its time is over, and not before', async () => {
  dialled.set('hk_1', { ...ASKED, createdAt: now / 1000 - 59 })
  await keeping.tend()
  expect(dialled.get('hk_1')?.outcome).toBeNull()
  now += 2_000
  await keeping.tend()
  expect(dialled.get('hk_1')?.outcome).toBe('unknown')
  expect(records.get('hk_1')).toMatchObject({ outcome: 'unknown', toNumber: '1003' })
  expect(released).toEqual(['hk_1'])
})

test('a dialled call that lives goes on counting', async () => {
  dialled.set('hk_1', ASKED)
  live = [aCall({ id: 'hk_1', legs: [aLeg('1001')] })]
  await keeping.tend()
  expect(kept).toEqual(['hk_1'])
  expect(dialled.get('hk_1')?.outcome).toBeNull()
})

const CDR: CdrFact = {
  kind: 'cdr',
  callId: ENDED.id,
  channelId: 'c',
  at: 0,
  source: '',
  destination: '',
  callerName: '',
  disposition: 'ANSWERED',
  duration: 62,
  billable: 58,
}
/** Answered for 58 s, and for the last 20 of them heard of. */
const SEEN_LATE: Call = { ...ENDED, answeredAt: 1_700_000_040_000_000, answerUnheard: true }
/** The PBX answered it at once, and a person 30 s later. */
const WAITED: Call = { ...ENDED, answeredAt: 1_700_000_030_000_000 }

test('the PBX’s own record waits for the end of the call', async () => {
  live = [aCall()]
  keeping.hear(CDR)
  await keeping.tend()
  expect(enriched).toEqual([])
  live = []
  listener(SEEN_LATE, undefined)
  await keeping.tend()
  expect(records.get(ENDED.id)).toMatchObject({ duration: 62, billable: 58 })
})

test('the PBX’s own record that comes late is added', async () => {
  live = [SEEN_LATE]
  listener(SEEN_LATE, undefined)
  await keeping.tend()
  keeping.hear(CDR)
  await keeping.tend()
  expect(enriched).toEqual([[ENDED.id, { duration: 62, billable: 58 }]])
})

test.each([
  ['before the end', true],
  ['after it', false],
])('what the PBX counts of waiting for a person is no talk, if it comes %s', async (_, isEarly) => {
  live = [WAITED]
  if (isEarly) keeping.hear(CDR)
  listener(WAITED, undefined)
  await keeping.tend()
  if (!isEarly) keeping.hear(CDR)
  await keeping.tend()
  expect(records.get(ENDED.id)).toMatchObject({ billable: 30 })
  if (!isEarly) expect(enriched).toEqual([[ENDED.id, { duration: 62, billable: 0 }]])
})

test('a mere way into another call gets no record', async () => {
  listener({ ...ENDED, outcome: 'cancelled', wentOn: true }, undefined)
  await keeping.tend()
  expect(records.size).toBe(0)
})

test('of a call that we dialled the PBX’s billable seconds, which begin with the own phone, are not taken', async () => {
  keeping.hear({ ...CDR, callId: 'hk_1', channelId: 'hk_1', duration: 9, billable: 7 })
  await keeping.tend()
  expect(enriched).toEqual([['hk_1', expect.objectContaining({ duration: 9, billable: 0 })]])
})

test('a database that is away fails the rounds, and is not reported again for each call that ends', async () => {
  isAway = true
  for (const id of ['a', 'b', 'c']) {
    listener({ ...ENDED, id }, undefined)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await expect(keeping.tend()).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  expect(troubles).toEqual([])
  isAway = false
  await keeping.tend()
  expect([...records.keys()]).toEqual(['a', 'b', 'c'])
})

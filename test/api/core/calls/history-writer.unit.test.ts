import { beforeEach, expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { CallRecord, PlacedCall } from '../../../../api/core/calls/call-history.ts'
import type { CallListener } from '../../../../api/core/calls/call-tracker.ts'
import { type CallHistoryWriter, createHistoryWriter } from '../../../../api/core/calls/history-writer.ts'
import type { CdrEvent } from '../../../../api/core/calls/pbx-events.ts'
import { toCallRecord } from '../../../../api/core/calls/to-call-record.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { aCall, aDirectory, aLeg } from './fixtures/calls.ts'

const directory = await aDirectory()
const ENDED = aCall({ state: 'ended', endedAt: 1_700_000_060_000_000, outcome: 'answered' })
const PLACED: PlacedCall = {
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
let placedCalls: Map<string, PlacedCall>
let released: string[]
let heartbeats: string[]
let writer: CallHistoryWriter
let errors: string[]

/** This API holds the lease, and the PBX and the database are available. */
beforeEach(() => {
  fence = 1
  now = 1_700_000_100_000
  live = []
  isAway = false
  records = new Map()
  enriched = []
  placedCalls = new Map()
  released = []
  heartbeats = []
  errors = []
  writer = createHistoryWriter({
    tracker: {
      find: (id) => live.find((call) => call.id === id),
      onChange(notify) {
        listener = notify
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
    placedCalls: {
      find: async (id) => placedCalls.get(id),
      async finish(id, outcome) {
        const call = placedCalls.get(id)
        if (call !== undefined) placedCalls.set(id, { ...call, outcome })
      },
      unfinished: async (before) =>
        [...placedCalls.values()].filter(({ outcome, createdAt }) => outcome === null && createdAt < before),
    },
    limits: {
      release: async (_, callId) => void released.push(callId),
      heartbeat: async (calls) => void heartbeats.push(...calls.map(({ callId }) => callId)),
    },
    lease: { fence: () => fence },
    toCallRecord: (call) =>
      toCallRecord(
        call,
        (endpoint) => directory.findByEndpoint(endpoint),
        () => [],
      ),
    findPerson: (userId) => directory.findByUser(userId),
    isOnline: () => true,
    now: () => now,
    placeTimeoutMs: 60_000,
    onError: (_, callId) => void errors.push(callId),
  })
})

test('an ended call is written, with the users of the phones in it', async () => {
  listener(ENDED, undefined)
  await writer.flush()
  expect(records.get(ENDED.id)).toMatchObject({
    outcome: 'answered',
    parties: [{ userId: '2' }, { userId: '3' }],
  })
})

test('a backlog yields to other work, also with a database that blocks', async () => {
  fence = undefined
  for (let n = 0; n < 100; n += 1) listener({ ...ENDED, id: `${n}` }, undefined)
  fence = 1
  const writtenByThen = new Promise((resolve) => setImmediate(() => resolve(records.size)))
  await writer.flush()
  expect(records.size).toBe(100)
  expect(await writtenByThen).toBeLessThan(50)
})

test('a live call is not written', async () => {
  listener(aCall(), undefined)
  await writer.flush()
  expect(records.size).toBe(0)
})

test('an API without the lease writes nothing, and all calls of the last minute once it gets it', async () => {
  fence = undefined
  listener(ENDED, undefined)
  await writer.flush()
  expect(records.size).toBe(0)
  fence = 2
  now += 50_000
  await writer.flush()
  expect(records.has(ENDED.id)).toBe(true)
})

test('a call that could not be written is written when the database is back', async () => {
  isAway = true
  listener(ENDED, undefined)
  await expect(writer.flush()).rejects.toThrow()
  isAway = false
  await writer.flush()
  expect(records.has(ENDED.id)).toBe(true)
})

test('a call that can never be written does not block others', async () => {
  listener({ ...ENDED, id: 'poison' }, undefined)
  listener(ENDED, undefined)
  await writer.flush()
  await writer.flush()
  expect([...records.keys()]).toEqual([ENDED.id])
})

test('a placed call without a ringing phone belongs to its user all the same, and no longer counts', async () => {
  placedCalls.set('hk_1', { ...PLACED, createdAt: now / 1000 - 10 })
  listener(
    { ...ENDED, id: 'hk_1', legs: [], outcome: 'own_unavailable', to: { number: '', name: '' } },
    undefined,
  )
  await writer.flush()
  expect(records.get('hk_1')).toMatchObject({
    fromNumber: '1001',
    toNumber: '1003',
    parties: [{ userId: '2' }],
  })
  expect(placedCalls.get('hk_1')?.outcome).toBe('own_unavailable')
  expect(released).toEqual(['hk_1'])
})

test('a placed call that the PBX never reported is completed after the timeout, and not before', async () => {
  placedCalls.set('hk_1', { ...PLACED, createdAt: now / 1000 - 59 })
  await writer.flush()
  expect(placedCalls.get('hk_1')?.outcome).toBeNull()
  now += 2_000
  await writer.flush()
  expect(placedCalls.get('hk_1')?.outcome).toBe('unknown')
  expect(records.get('hk_1')).toMatchObject({ outcome: 'unknown', toNumber: '1003' })
  expect(released).toEqual(['hk_1'])
})

test('a live placed call goes on counting', async () => {
  placedCalls.set('hk_1', PLACED)
  live = [aCall({ id: 'hk_1', legs: [aLeg('1001')] })]
  await writer.flush()
  expect(heartbeats).toEqual(['hk_1'])
  expect(placedCalls.get('hk_1')?.outcome).toBeNull()
})

const CDR: CdrEvent = {
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
/** Answered 58 s before its end, and observed for the last 20 s. */
const SEEN_LATE: Call = { ...ENDED, answeredAt: 1_700_000_040_000_000, answeredBeforeSeen: true }
/** The PBX answered it at once, and a person 30 s later. */
const WAITED: Call = { ...ENDED, answeredAt: 1_700_000_030_000_000 }

test('a call detail record waits for the end of the call', async () => {
  live = [aCall()]
  writer.addCdr(CDR)
  await writer.flush()
  expect(enriched).toEqual([])
  live = []
  listener(SEEN_LATE, undefined)
  await writer.flush()
  expect(records.get(ENDED.id)).toMatchObject({ duration: 62, billable: 58 })
})

test('a late call detail record is merged', async () => {
  live = [SEEN_LATE]
  listener(SEEN_LATE, undefined)
  await writer.flush()
  writer.addCdr(CDR)
  await writer.flush()
  expect(enriched).toEqual([[ENDED.id, { duration: 62, billable: 58 }]])
})

test.each([
  ['before the end', true],
  ['after it', false],
])(
  'billable seconds in which the caller waited for a person are ignored if the record comes %s',
  async (_, isEarly) => {
    live = [WAITED]
    if (isEarly) writer.addCdr(CDR)
    listener(WAITED, undefined)
    await writer.flush()
    if (!isEarly) writer.addCdr(CDR)
    await writer.flush()
    expect(records.get(ENDED.id)).toMatchObject({ billable: 30 })
    if (!isEarly) expect(enriched).toEqual([[ENDED.id, { duration: 62, billable: 0 }]])
  },
)

test('a call that only led into another one is not written', async () => {
  listener({ ...ENDED, outcome: 'cancelled', mergedIntoAnother: true }, undefined)
  await writer.flush()
  expect(records.size).toBe(0)
})

test('the PBX’s billable seconds of a placed call are ignored, as they begin with the own phone', async () => {
  writer.addCdr({ ...CDR, callId: 'hk_1', channelId: 'hk_1', duration: 9, billable: 7 })
  await writer.flush()
  expect(enriched).toEqual([['hk_1', expect.objectContaining({ duration: 9, billable: 0 })]])
})

test('an unavailable database fails each flush, and is not reported for each call that ends', async () => {
  isAway = true
  for (const id of ['a', 'b', 'c']) {
    listener({ ...ENDED, id }, undefined)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await expect(writer.flush()).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  expect(errors).toEqual([])
  isAway = false
  await writer.flush()
  expect([...records.keys()]).toEqual(['a', 'b', 'c'])
})

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

/** This API holds the lease, the PBX is there, and the database, too. */
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

test('a call that is over is kept, with whose phones were in it', async () => {
  listener(ENDED, undefined)
  await writer.flush()
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
  await writer.flush()
  expect(records.size).toBe(100)
  expect(await writtenByThen).toBeLessThan(50)
})

test('a call that lasts is not', async () => {
  listener(aCall(), undefined)
  await writer.flush()
  expect(records.size).toBe(0)
})

test('who does not hold the lease keeps nothing, and all of the last minute once it does', async () => {
  fence = undefined
  listener(ENDED, undefined)
  await writer.flush()
  expect(records.size).toBe(0)
  fence = 2
  now += 50_000
  await writer.flush()
  expect(records.has(ENDED.id)).toBe(true)
})

test('what could not be kept is kept when the database is back', async () => {
  isAway = true
  listener(ENDED, undefined)
  await expect(writer.flush()).rejects.toThrow()
  isAway = false
  await writer.flush()
  expect(records.has(ENDED.id)).toBe(true)
})

test('a call that cannot be kept keeps no other waiting', async () => {
  listener({ ...ENDED, id: 'poison' }, undefined)
  listener(ENDED, undefined)
  await writer.flush()
  await writer.flush()
  expect([...records.keys()]).toEqual([ENDED.id])
})

test('a dialled call whose phone never rang is the dialler’s all the same, and no longer counts', async () => {
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

test('what the PBX never told of is settled once its time is over, and not before', async () => {
  placedCalls.set('hk_1', { ...PLACED, createdAt: now / 1000 - 59 })
  await writer.flush()
  expect(placedCalls.get('hk_1')?.outcome).toBeNull()
  now += 2_000
  await writer.flush()
  expect(placedCalls.get('hk_1')?.outcome).toBe('unknown')
  expect(records.get('hk_1')).toMatchObject({ outcome: 'unknown', toNumber: '1003' })
  expect(released).toEqual(['hk_1'])
})

test('a dialled call that lives goes on counting', async () => {
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
/** Answered for 58 s, and for the last 20 of them heard of. */
const SEEN_LATE: Call = { ...ENDED, answeredAt: 1_700_000_040_000_000, answeredBeforeSeen: true }
/** The PBX answered it at once, and a person 30 s later. */
const WAITED: Call = { ...ENDED, answeredAt: 1_700_000_030_000_000 }

test('the PBX’s own record waits for the end of the call', async () => {
  live = [aCall()]
  writer.addCdr(CDR)
  await writer.flush()
  expect(enriched).toEqual([])
  live = []
  listener(SEEN_LATE, undefined)
  await writer.flush()
  expect(records.get(ENDED.id)).toMatchObject({ duration: 62, billable: 58 })
})

test('the PBX’s own record that comes late is added', async () => {
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
])('what the PBX counts of waiting for a person is no talk, if it comes %s', async (_, isEarly) => {
  live = [WAITED]
  if (isEarly) writer.addCdr(CDR)
  listener(WAITED, undefined)
  await writer.flush()
  if (!isEarly) writer.addCdr(CDR)
  await writer.flush()
  expect(records.get(ENDED.id)).toMatchObject({ billable: 30 })
  if (!isEarly) expect(enriched).toEqual([[ENDED.id, { duration: 62, billable: 0 }]])
})

test('a mere way into another call gets no record', async () => {
  listener({ ...ENDED, outcome: 'cancelled', mergedIntoAnother: true }, undefined)
  await writer.flush()
  expect(records.size).toBe(0)
})

test('of a call that we dialled the PBX’s billable seconds, which begin with the own phone, are not taken', async () => {
  writer.addCdr({ ...CDR, callId: 'hk_1', channelId: 'hk_1', duration: 9, billable: 7 })
  await writer.flush()
  expect(enriched).toEqual([['hk_1', expect.objectContaining({ duration: 9, billable: 0 })]])
})

test('a database that is away fails the rounds, and is not reported again for each call that ends', async () => {
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

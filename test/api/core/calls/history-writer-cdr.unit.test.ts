import { expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { CdrEvent } from '../../../../api/core/calls/pbx-events.ts'
import { aCall } from './fixtures/calls.ts'
import { createFixture, ENDED } from './fixtures/history-writer.ts'

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
  const { state, writer, listener, records, enriched } = createFixture()
  state.live = [aCall()]
  writer.addCdr(CDR)
  await writer.flush()
  expect(enriched).toEqual([])
  state.live = []
  listener(SEEN_LATE, undefined)
  await writer.flush()
  expect(records.get(ENDED.id)).toMatchObject({ duration: 62, billable: 58 })
})

test('a late call detail record is merged', async () => {
  const { state, writer, listener, enriched } = createFixture()
  state.live = [SEEN_LATE]
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
    const { state, writer, listener, records, enriched } = createFixture()
    state.live = [WAITED]
    if (isEarly) writer.addCdr(CDR)
    listener(WAITED, undefined)
    await writer.flush()
    if (!isEarly) writer.addCdr(CDR)
    await writer.flush()
    expect(records.get(ENDED.id)).toMatchObject({ billable: 30 })
    if (!isEarly) expect(enriched).toEqual([[ENDED.id, { duration: 62, billable: 0 }]])
  },
)

test('the PBX’s billable seconds of a placed call are ignored, as they begin with the own phone', async () => {
  const { writer, enriched } = createFixture()
  writer.addCdr({ ...CDR, callId: 'hk_1', channelId: 'hk_1', duration: 9, billable: 7 })
  await writer.flush()
  expect(enriched).toEqual([['hk_1', expect.objectContaining({ duration: 9, billable: 0 })]])
})

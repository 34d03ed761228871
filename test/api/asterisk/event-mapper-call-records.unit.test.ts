import { describe, expect, test } from 'vitest'
import { AT, ID, mapEvent, SNAPSHOT } from './fixtures/map-event.ts'

describe('a call detail record', () => {
  const CDR = {
    Timestamp: SNAPSHOT.Timestamp,
    Source: '101',
    Destination: '102',
    CallerID: '"Call <102> "x" <101>',
    Disposition: 'ANSWERED',
    Duration: '12',
    BillableSeconds: '7',
    UniqueID: 'far',
  }

  test('contains its call, its ends and its seconds', () => {
    expect(mapEvent('Cdr', { ...CDR, Linkedid: ID })).toEqual([
      {
        kind: 'cdr',
        callId: ID,
        channelId: 'far',
        at: AT,
        source: '101',
        destination: '102',
        callerName: 'Call <102> "x',
        disposition: 'ANSWERED',
        duration: 12,
        billable: 7,
      },
    ])
  })

  test('without the mapping of Linkedid belongs to the call that its channel began', () => {
    expect(mapEvent('Cdr', { ...CDR, CallerID: '<101>' })).toMatchObject([{ callId: 'far', callerName: '' }])
  })
})

import { describe, expect, it } from 'vitest'
import { createPbxEventDispatcher } from '../../../../api/core/calls/pbx-event-dispatcher.ts'
import type { PbxEvent } from '../../../../api/core/calls/pbx-events.ts'

const at = 1_700_000_000_000_000
const cdr = {
  kind: 'cdr',
  callId: 'a',
  channelId: 'a',
  at,
  source: '1001',
  destination: '1002',
  callerName: '',
  disposition: 'ANSWERED',
  duration: 2,
  billable: 1,
} as const

describe('the dispatcher of PBX events', () => {
  it.each<[PbxEvent, string[]]>([
    [{ kind: 'device', device: 'PJSIP/1001', at, state: 'idle' }, ['device states']],
    [cdr, ['history writer']],
    [{ kind: 'channel', id: 'a', at, changes: {} }, ['call tracker', 'supervisions']],
    [{ kind: 'channel_ended', id: 'a', at, cause: 16 }, ['call tracker', 'supervisions']],
    [{ kind: 'dial', from: 'a', to: 'b', at, end: undefined }, ['call tracker', 'supervisions']],
    [{ kind: 'originate', id: 'hk_1', at, answered: true, reason: 4 }, ['call tracker', 'supervisions']],
    [
      { kind: 'clock_set_back', at, setBackBy: 5 },
      ['device states: back by 5', 'call tracker', 'supervisions'],
    ],
    [{ ...cdr, callId: 'hks_1' }, []],
  ])('passes $kind to the module of that state', (event, expected) => {
    const received: string[] = []
    createPbxEventDispatcher({
      deviceStates: {
        handle: () => received.push('device states'),
        shiftBack: (by) => received.push(`device states: back by ${by}`),
      },
      historyWriter: { addCdr: () => received.push('history writer') },
      tracker: { handle: () => received.push('call tracker') },
      supervisions: { handle: () => received.push('supervisions') },
    })(event)
    expect(received).toEqual(expected)
  })
})

import { describe, expect, it } from 'vitest'
import type { DeviceState } from '../../../../api/core/calls/pbx-events.ts'
import { createPresenceBodies } from '../../../../api/core/presence/presence-bodies.ts'
import { aCall, aDirectory } from '../calls/fixtures/calls.ts'

const directory = await aDirectory()

/** 1001 talks with 1002; the phone of 1003 is idle, and a caller waits in the queue `support`. */
function createFixture() {
  const pbx = { offline: false }
  const call = aCall()
  const devices = new Map<string, DeviceState>([['Queue:support', 'in_use']])
  const bodies = createPresenceBodies({
    directory,
    tracker: {
      live: () => [call],
      ofEndpoints: (endpoints) =>
        call.legs.some(({ endpoint = '' }) => endpoints.includes(endpoint)) ? [call] : [],
    },
    deviceStates: { all: () => devices },
    phoneStates: { stateOf: (extension) => (extension === '1003' ? 'idle' : 'in_use'), isDnd: () => false },
    statuses: { statusOf: () => 'available' },
    isUserOnline: (userId) => userId === '2',
    isPbxOffline: () => pbx.offline,
  })
  return { bodies, pbx }
}

describe('the bodies of the presence channels', () => {
  it('show every user and queue in users-state', () => {
    const { states } = createFixture().bodies['users-state']()
    expect(states).toMatchObject({
      '1001': { state: 'Up', status: 'available', online: true },
      '1002': { state: 'Up', online: false },
      '1003': { state: 'Idle' },
      support: { state: 'Up', isQueue: true },
    })
  })

  it('show the live calls in active-calls', () => {
    expect(createFixture().bodies['active-calls']()).toMatchObject({ calls: [{ linkedid: aCall().id }] })
  })

  it('show no call, and each phone and queue as unavailable, while the PBX is offline', () => {
    const { bodies, pbx } = createFixture()
    pbx.offline = true
    expect(bodies['active-calls']()).toMatchObject({ calls: [] })
    const { states } = bodies['users-state']() as { states: Record<string, { state: string }> }
    expect(new Set(Object.values(states).map(({ state }) => state))).toEqual(new Set(['Unavailable']))
    expect(states['1001']).not.toHaveProperty('channels')
  })
})

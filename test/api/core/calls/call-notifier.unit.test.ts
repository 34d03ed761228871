import { expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import { startCallNotifier } from '../../../../api/core/calls/call-notifier.ts'
import type { CallListener } from '../../../../api/core/calls/call-tracker.ts'
import type { UserMessage } from '../../../../api/core/messaging/user-messages.ts'
import { aCall, aDirectory, aLeg } from './fixtures/calls.ts'

/** A table that changes as the test says, and all that users were told: by extension, and of which state. */
async function startNotifier({ holds = true } = {}) {
  let change: CallListener = () => {}
  let take: (fence: number | undefined) => void = () => {}
  let now: Call | undefined
  const directory = await aDirectory()
  const told: [extension: string | undefined, type: string, state: unknown][] = []
  startCallNotifier({
    tracker: {
      live: () => (now === undefined ? [] : [now]),
      ofEndpoint: () => [],
      onChange(listener) {
        change = listener
        return () => {}
      },
    },
    directory,
    userMessages: {
      send: async (userId: string, { type, call }: UserMessage) => {
        told.push([directory.findByUser(userId)?.extension, type, (call as Call).state]) // toldCall keeps it
      },
      broadcast: async () => {},
    },
    lease: {
      fence: () => (holds ? 1 : undefined),
      onChange(listener) {
        take = listener
      },
    },
    onError: () => {},
  })
  return {
    told,
    changes(call: Call) {
      const before = now
      now = call
      change(call, before)
    },
    takesOver: () => take(2),
  }
}

const ringing = aCall({
  state: 'ringing',
  legs: [aLeg('1001'), aLeg('1002', { role: 'callee', state: 'ringing' })],
})

test('who is rung is told of an incoming call, and everybody in it of the rest', async () => {
  const { changes, told } = await startNotifier()
  changes(ringing)
  changes(aCall())
  expect(told).toEqual([
    ['1001', 'call_status', 'ringing'],
    ['1002', 'incoming_call', 'ringing'],
    ['1001', 'call_status', 'up'],
    ['1002', 'call_status', 'up'],
  ])
})

test('what is shown to nobody is no news', async () => {
  const { changes, told } = await startNotifier()
  changes(aCall())
  told.length = 0
  changes(aCall({ legs: [aLeg('1001', { bridge: 'b2' }), aLeg('1002', { role: 'callee', bridge: 'b2' })] }))
  expect(told).toEqual([])
})

test('only the holder of the lease tells; who takes it over tells everybody in a call', async () => {
  const { changes, told, takesOver } = await startNotifier({ holds: false })
  changes(aCall())
  expect(told).toEqual([])
  takesOver()
  expect(told).toEqual([
    ['1001', 'call_status', 'up'],
    ['1002', 'call_status', 'up'],
  ])
})

import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import { startCallNotifier } from '../../../../api/core/calls/call-notifier.ts'
import type { CallListener } from '../../../../api/core/calls/call-tracker.ts'
import type { UserMessage } from '../../../../api/core/messaging/user-messages.ts'
import { aCall, aDirectory, aLeg } from './fixtures/calls.ts'

/** A tracker that changes as the test requests, and all that users were sent: by extension, and with which state. */
async function startNotifier({ holds = true } = {}) {
  const failures: string[] = []
  let isAway = false
  let change: CallListener = () => {}
  let take: (fence: number | undefined) => void = () => {}
  let now: Call | undefined
  let supervisorsChange: (call: Call) => void = () => {}
  const supervised: unknown[] = []
  const directory = await aDirectory()
  const reported: [extension: string | undefined, type: string, state: unknown][] = []
  startCallNotifier({
    tracker: {
      live: () => (now === undefined ? [] : [now]),
      ofEndpoints: () => [],
      onChange(listener) {
        change = listener
        return () => {}
      },
    },
    directory,
    userMessages: {
      send: async (userId: string, { type, call }: UserMessage) => {
        if (isAway) throw new Error('unavailable')
        supervised.push((call as { supervised_by?: unknown }).supervised_by)
        reported.push([directory.findByUser(userId)?.extension, type, (call as Call).state]) // the payload has it
      },
      broadcast: async () => {},
    },
    lease: {
      fence: () => (holds ? 1 : undefined),
      onChange(listener) {
        take = listener
      },
    },
    supervisors: {
      forParties: () => [
        { id: 'hks_1', supervisorId: '5', name: 'ofSales', mode: 'whisper' as const, state: 'up' as const },
      ],
      onChange(listener) {
        supervisorsChange = listener
      },
    },
    onFailure: Object.assign((err: unknown) => void failures.push(String(err)), {
      recovered: () => void failures.push('recovered'),
    }),
  })
  return {
    reported,
    failures,
    setAway(away: boolean) {
      isAway = away
    },
    changes(call: Call) {
      const before = now
      now = call
      change(call, before)
    },
    takesOver: () => take(2),
    supervised,
    supervisorsChange: (call: Call) => supervisorsChange(call),
  }
}

const ringing = aCall({
  state: 'ringing',
  legs: [aLeg('1001'), aLeg('1002', { role: 'callee', state: 'ringing' })],
})

test('a user who is called gets incoming_call, and all users in the call get its other changes', async () => {
  const { changes, reported } = await startNotifier()
  changes(ringing)
  changes(aCall())
  expect(reported).toEqual([
    ['1001', 'call_status', 'ringing'],
    ['1002', 'incoming_call', 'ringing'],
    ['1001', 'call_status', 'up'],
    ['1002', 'call_status', 'up'],
  ])
})

test('a change that no payload shows is not sent', async () => {
  const { changes, reported } = await startNotifier()
  changes(aCall())
  reported.length = 0
  changes(aCall({ legs: [aLeg('1001', { bridge: 'b2' }), aLeg('1002', { role: 'callee', bridge: 'b2' })] }))
  expect(reported).toEqual([])
})

test('only the holder of the lease sends, and a new holder notifies all users in a call', async () => {
  const { changes, reported, takesOver } = await startNotifier({ holds: false })
  changes(aCall())
  expect(reported).toEqual([])
  takesOver()
  expect(reported).toEqual([
    ['1001', 'call_status', 'up'],
    ['1002', 'call_status', 'up'],
  ])
})

test('the first of many messages that cannot be sent is reported, and so is that they can be sent again', async () => {
  const { changes, failures, setAway } = await startNotifier()
  setAway(true)
  changes(ringing)
  changes(aCall())
  await setImmediate()
  expect(failures).toEqual(['Error: unavailable'])
  setAway(false)
  changes(ringing)
  await setImmediate()
  expect(failures).toEqual(['Error: unavailable', 'recovered'])
})

test('notifies the users in a call when who supervises it changes', async () => {
  const { reported, supervised, supervisorsChange } = await startNotifier()
  supervisorsChange(aCall())
  expect(reported).toEqual([
    ['1001', 'call_status', 'up'],
    ['1002', 'call_status', 'up'],
  ])
  const by = [{ id: 'hks_1', user_id: '5', name: 'ofSales', mode: 'whisper', state: 'up' }]
  expect(supervised).toEqual([by, by])
})

import { expect, test } from 'vitest'
import {
  createDeskNotifier,
  startDeskCallNotifications,
} from '../../../../../api/core/call-center/desk/desk-notifier.ts'
import type { Call, CallState, Leg } from '../../../../../api/core/calls/call.ts'
import type { CallListener } from '../../../../../api/core/calls/call-tracker.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'

const leg = (endpoint: string, state: Leg['state']) => ({ endpoint, state }) as Leg // no other members are read
const callOf = (state: CallState, legs: readonly Leg[]) => ({ id: '1', state, legs }) as Call // as above

function createNotifications(isResponsible = true) {
  const notified: string[] = []
  let listener: CallListener = () => {}
  startDeskCallNotifications({
    tracker: {
      onChange(added) {
        listener = added
        return () => {}
      },
    },
    directory: {
      findByEndpoint: (endpoint) =>
        endpoint.startsWith('100')
          ? {
              userId: endpoint.slice(0, 4),
              extension: endpoint.slice(0, 4),
              username: '',
              name: '',
              role: 'user',
              team: null,
            }
          : undefined,
      endpointsOf: (extension) => [extension, `${extension}-web`],
    },
    notifier: { userChanged: (userId) => void notified.push(userId) },
    isResponsible: () => isResponsible,
  })
  return { notified, change: (call: Call, before?: Call) => listener(call, before) }
}

const dialling = callOf('dialling', [leg('1001', 'ringing')])
const ringing = callOf('ringing', [leg('1001', 'up'), leg('trunk', 'ringing')])
const up = callOf('up', [leg('1001', 'up'), leg('trunk', 'up')])

test.each([
  ['begins', dialling, undefined, ['1001']],
  ['rings the other end', ringing, dialling, []],
  ['is answered', up, ringing, ['1001']],
  ['is held', callOf('held', up.legs), up, []],
  ['ends', callOf('ended', [leg('1001', 'ended'), leg('trunk', 'ended')]), up, ['1001']],
  [
    'is transferred to another user',
    callOf('up', [leg('1001', 'ended'), leg('1002-web', 'up'), leg('trunk', 'up')]),
    up,
    ['1001', '1002'],
  ],
])('a call that %s notifies those whose desk changes', (_, call, before, expected) => {
  const { notified, change } = createNotifications()
  change(call, before)
  expect(notified).toEqual(expected)
})

test('a process that is not responsible notifies no user', () => {
  const { notified, change } = createNotifications(false)
  change(dialling)
  expect(notified).toEqual([])
})

test('only users who are agents are notified, and a failure is reported', async () => {
  const sent: unknown[] = []
  const failures: unknown[] = []
  let isAway = false
  const notifier = createDeskNotifier({
    agents: {
      findAll: async (ids) => ids.map((id) => newAgent({ id, userId: id === '3' ? null : `user ${id}` })),
      findByUser: async (userId) => (userId === '7' ? newAgent({ userId }) : undefined),
    },
    userMessages: {
      async send(userId, message) {
        if (isAway) throw new Error('away')
        sent.push([userId, message])
      },
    },
    onFailure: (err) => void failures.push(err),
  })
  notifier.agentsChanged(['1', '3'])
  notifier.userChanged('7')
  notifier.userChanged('8')
  await expect
    .poll(() => sent)
    .toEqual([
      ['user 1', { type: 'desk' }],
      ['7', { type: 'desk' }],
    ])
  isAway = true
  notifier.userChanged('7')
  await expect.poll(() => failures).toEqual([new Error('away')])
})

import { describe, expect, test } from 'vitest'
import { type AmiScript, errorReply, successReply } from '../../support/ami-server.ts'
import { link } from './fixtures/ami-client.ts'
import { until } from './fixtures/until.ts'

describe('a list', () => {
  const start = 'EventList: start'
  const end = ['EventList: Complete', 'ListItems: 2']

  test('is recognized by EventList alone, whatever Message and the items contain', async () => {
    const { ami, events } = await link({
      handlers: {
        PJSIPShowEndpoints(session, action) {
          const id = `ActionID: ${action.actionid}`
          successReply(start, 'Message: Following are Events for each object')(session, action)
          session.send('Event: EndpointList', id, 'ObjectName: a')
          session.send('Event: Hangup', 'Uniqueid: 1')
          session.send('Event: DeviceComplete', id, 'ObjectName: Complete')
          session.send('Event: EndpointListComplete', id, ...end)
        },
      },
    })
    const items = await ami.list({ Action: 'PJSIPShowEndpoints' })
    expect(items.map(({ fields }) => fields.objectname)).toEqual(['a', 'Complete'])
    expect(events.map(({ name }) => name)).toEqual(['FullyBooted', 'Hangup'])
  })

  test('without items is empty', async () => {
    const { ami } = await link({
      handlers: {
        ParkedCalls(session, action) {
          successReply(start)(session, action)
          session.send('Event: ParkedCallsComplete', `ActionID: ${action.actionid}`, ...end)
        },
      },
    })
    expect(await ami.list({ Action: 'ParkedCalls' })).toEqual([])
  })

  test.each<[string, AmiScript['handlers'][string], RegExp]>([
    ['refused', errorReply('No Contacts found'), /^No Contacts found$/],
    ['no list', successReply('Message: Channels will follow'), /no list/],
    [
      'cancelled',
      (session, action) => {
        successReply(start)(session, action)
        session.send('Event: ListComplete', `ActionID: ${action.actionid}`, 'EventList: cancelled')
      },
      /cut short/,
    ],
  ])('fails for the answer: %s', async (_, Show, message) => {
    const { ami } = await link({ handlers: { Show } })
    await expect(ami.list({ Action: 'Show' })).rejects.toMatchObject({
      code: 'ami_refused',
      message: expect.stringMatching(message),
    })
  })

  test('that timed out, or was requested as an action, reports no item as an event', async () => {
    const { ami, side, events } = await link(
      { handlers: { DeviceStateList: successReply(start) } },
      { times: { actionTimeoutMs: 400 } },
    )
    await expect(ami.list({ Action: 'DeviceStateList' })).rejects.toMatchObject({ code: 'ami_timeout' })
    await ami.action({ Action: 'DeviceStateList' })
    for (const { actionid } of side.actions.slice(1)) {
      side.send('Event: DeviceStateChange', `ActionID: ${actionid}`)
      side.send('Event: DeviceStateListComplete', `ActionID: ${actionid}`, ...end)
    }
    side.send('Event: Marker')
    await until(() => events.at(-1)?.name === 'Marker')
    expect(events.map(({ name }) => name)).toEqual(['FullyBooted', 'Marker'])
  })
})

import { describe, expect, test } from 'vitest'
import { errorReply, successReply } from '../../support/ami-server.ts'
import { hangup, link, silence } from './fixtures/ami-client.ts'
import { until } from './fixtures/until.ts'

describe('an action', () => {
  test('gets its own response, in whatever order responses come', async () => {
    const asked: string[] = []
    const { ami } = await link({
      handlers: {
        Getvar(session, { actionid = '' }) {
          asked.push(actionid)
          if (asked.length < 3) return
          for (const id of asked.reverse())
            session.send('Response: Success', `ActionID: ${id}`, `Value: ${id}`)
        },
      },
    })
    const answers = await Promise.all([1, 2, 3].map((Variable) => ami.action({ Action: 'Getvar', Variable })))
    expect(answers.map(({ fields }) => fields.value)).toEqual(['hk-r4nd0m.2', 'hk-r4nd0m.3', 'hk-r4nd0m.4'])
  })

  test('that is refused fails with Asterisk’s message', async () => {
    const { ami } = await link({ handlers: { Hangup: errorReply('No such channel') } })
    await expect(ami.action(hangup)).rejects.toMatchObject({
      code: 'ami_refused',
      message: 'No such channel',
      sent: true,
    })
  })

  test('named Command returns every line of output', async () => {
    const { ami } = await link({
      handlers: { Command: successReply('Message: Command output follows', 'Output: one', 'Output: two') },
    })
    const { pairs } = await ami.action({ Action: 'Command', Command: 'core show uptime' })
    expect(pairs.filter(([key]) => key === 'Output').map(([, value]) => value)).toEqual(['one', 'two'])
  })

  test('named Originate fails at once when it is refused', async () => {
    const { ami } = await link({ handlers: { Originate: errorReply('Extension does not exist.') } })
    await expect(ami.action({ Action: 'Originate' })).rejects.toMatchObject({ code: 'ami_refused' })
  })

  test('leaves OriginateResponse to the events: ours, and one of another session that comes before our response', async () => {
    const { ami, events } = await link({
      handlers: {
        Originate(session, action) {
          session.send('Event: OriginateResponse', 'ActionID: 2', 'Response: Failure')
          session.send('Event: OriginateResponse', `ActionID: ${action.actionid}`, 'Response: Failure')
          successReply('Message: Originate successfully queued')(session, action)
        },
      },
    })
    const answer = await ami.action({ Action: 'Originate', Channel: 'PJSIP/101' })
    expect(answer.fields.message).toBe('Originate successfully queued')
    expect(events.slice(1).map(({ name }) => name)).toEqual(['OriginateResponse', 'OriginateResponse'])
  })

  test('with a line break in a field is never sent, and the connection stays up', async () => {
    const { ami, side } = await link({ handlers: { Hangup: successReply() } })
    const evil = 'Bob\r\n\r\nAction: Command\r\nCommand: core stop now'
    await expect(ami.action({ Action: 'Originate', CallerID: evil })).rejects.toMatchObject({
      code: 'ami_field_invalid',
      sent: false,
    })
    await ami.action(hangup)
    expect(side.actions.map(({ action }) => action)).toEqual(['Login', 'Hangup'])
  })

  test('times out without a response, and a late response is dropped', async () => {
    const late: (() => void)[] = []
    const { ami, side, events } = await link(
      {
        handlers: { Hangup: (session, action) => late.push(() => successReply('Late: 1')(session, action)) },
      },
      { times: { actionTimeoutMs: 40 } },
    )
    await expect(ami.action(hangup)).rejects.toMatchObject({ code: 'ami_timeout', sent: true })
    for (const answer of late) answer()
    side.send('Event: Marker')
    await until(() => events.at(-1)?.name === 'Marker')
    expect(events).toHaveLength(2)
    expect(ami.state().phase).toBe('up')
  })

  test('is not affected by responses without a pending action', async () => {
    const { ami, side, events } = await link({
      handlers: {
        Hangup(session, action) {
          session.send('Response: Success', 'ActionID: 2', 'Foreign: 1')
          session.send('Response: Error', 'Message: without an id')
          successReply('Mine: 1')(session, action)
          successReply('Mine: 2')(session, action)
        },
      },
    })
    expect((await ami.action(hangup)).fields.mine).toBe('1')
    for (let at = 0; at < 5_000; at++) side.send('Response: Success', `ActionID: hk-r4nd0m.${at + 100}`)
    expect((await ami.action(hangup)).fields.mine).toBe('1')
    expect(events).toHaveLength(1)
  })

  test('is refused as busy while 256 are pending, and a Ping is still sent', async () => {
    const { ami, side, server } = await link(
      { handlers: { Hangup: silence } },
      { times: { pingIntervalMs: 50 } },
    )
    const waiting = Array.from({ length: 256 }, () => ami.action(hangup))
    await expect(ami.action(hangup)).rejects.toMatchObject({ code: 'ami_busy', sent: false })
    await until(() => side.actions.some(({ action }) => action === 'Ping'))
    for (const { actionid } of side.actions.filter(({ action }) => action === 'Hangup')) {
      side.send('Response: Success', `ActionID: ${actionid}`)
    }
    expect(await Promise.all(waiting)).toHaveLength(256)
    server.script.handlers.Hangup = successReply()
    await ami.action(hangup)
  })
})

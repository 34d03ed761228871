import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startTimer as later } from '../../../api/asterisk/timer.ts'
import { type AmiScript, type AmiSession, errorReply, successReply } from '../../support/ami-server.ts'
import { freePort } from '../../support/free-port.ts'
import { hangup, isUp, link, observe, offline, serve, silence } from './fixtures/ami-client.ts'
import { until } from './fixtures/until.ts'

describe('a lost connection', () => {
  const losses: [string, (side: AmiSession) => void][] = [
    ['a clean end', (side) => side.socket.end()],
    ['a reset', (side) => side.socket.resetAndDestroy()],
    [
      'half an event and then an end',
      (side) => {
        side.raw('Event: Newchannel\r\nChannel: PJSIP/1')
        side.socket.end()
      },
    ],
    [
      'half a list and then a reset',
      (side) => {
        side.send('Response: Success', 'ActionID: hk-r4nd0m.2', 'EventList: start')
        side.send('Event: Item', 'ActionID: hk-r4nd0m.2')
        side.socket.resetAndDestroy()
      },
    ],
  ]
  test.each(losses)('%s: fails pending actions at once, then reconnects', async (_, lose) => {
    const { ami, side, server, log, events, watched } = await link({
      handlers: { Hangup: silence, Show: silence },
    })
    const due = [ami.list({ Action: 'Show' }), ami.action(hangup), ami.action(hangup)]
    await until(() => side.actions.length === 4)
    const again = server.next()
    lose(side)
    for (const one of await Promise.allSettled(due)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'ami_offline', sent: true } })
    }
    expect(log).toEqual(['up', 'down lost'])
    await again
    await isUp(watched)
    expect(log).toEqual(['up', 'down lost', 'up'])
    // Nothing of the incomplete message remains.
    expect(events.map(({ name }) => name)).toEqual(['FullyBooted', 'FullyBooted'])
  })

  test('refuses actions at once, and sends none of them later', async () => {
    const { ami, side, server, watched } = await link({ handlers: { Originate: successReply() } })
    const again = server.next()
    side.socket.destroy()
    await until(() => ami.state().phase !== 'up')
    await expect(ami.action({ Action: 'Originate' })).rejects.toMatchObject({ ...offline, sent: false })
    const second = await again
    await isUp(watched)
    await ami.action({ Action: 'Ping' })
    expect(second.actions.map(({ action }) => action)).toEqual(['Login', 'Ping'])
  })

  test('is detected by an unanswered Ping when the peer hangs', async () => {
    const { ami, side, log, watched } = await link(
      { handlers: { Hangup: silence } },
      { times: { pingIntervalMs: 40, pingTimeoutMs: 200 } },
    )
    const due = ami.action(hangup)
    side.freeze()
    await expect(due).rejects.toMatchObject(offline)
    expect(log).toEqual(['up', 'down silent'])
    await isUp(watched)
  })

  test('is checked for by a Ping at each interval', async () => {
    const { side, log } = await link({}, { times: { pingIntervalMs: 10 } })
    await until(() => side.actions.filter(({ action }) => action === 'Ping').length >= 3)
    expect(log).toEqual(['up'])
  })

  test('is not assumed when a Ping is refused: that is an answer, too', async () => {
    const { side, log } = await link(
      { handlers: { Ping: errorReply('no') } },
      { times: { pingIntervalMs: 10 } },
    )
    await until(() => side.actions.filter(({ action }) => action === 'Ping').length >= 3)
    expect(log).toEqual(['up'])
  })

  test('follows from a message that is too long, and the client reconnects', async () => {
    const { side, server, log, watched } = await link()
    const again = server.next()
    const block = Buffer.alloc(1024 * 1024, 'x')
    for (let at = 0; at < 8; at++) side.raw(block)
    await again
    await isUp(watched)
    expect(log).toEqual(['up', 'down oversize', 'up'])
  })

  test('at the start is retried until the server runs', async () => {
    const port = await freePort()
    const watched = observe(port)
    watched.ami.open()
    await until(() => watched.ami.state().lastDisconnect)
    expect(watched.ami.state().lastDisconnect).toEqual({ reason: 'lost', detail: 'ECONNREFUSED' })
    await sleep(100)
    expect(watched.errors).toHaveLength(1)
  })

  test('doubles the random retry delay up to its limit, and resets it once a connection lasts', async () => {
    const server = await serve({ greeting: 'HTTP/1.1 400 Bad Request\r\n' })
    const pauses: number[] = []
    let pings = 0
    const watched = observe(server.port, {
      times: { retryMinMs: 8, retryMaxMs: 100, pingIntervalMs: 21_000 },
      after: (ms, run) => {
        if (ms < 1_000) pauses.push(Math.round(ms / 0.99))
        else if (ms === 21_000 && pings++ === 0) return later(0, run)
        return later(ms < 1_000 ? 0 : ms, run)
      },
    })
    watched.ami.open()
    await until(() => pauses.length >= 6)
    expect(pauses.slice(0, 6)).toEqual([8, 16, 32, 64, 100, 100])
    server.script.greeting = 'Asterisk Call Manager/11.0.0\r\n'
    await isUp(watched)
    await until(() => pings >= 2)
    const before = pauses.length
    server.sessions.at(-1)?.socket.destroy()
    await until(() => pauses.length > before)
    expect(pauses[before]).toBe(8)
  })
})

describe('closing an AMI client', () => {
  test('fails pending actions, does not reconnect, and allows to open again', async () => {
    const { ami, server, log, watched } = await link({ handlers: { Hangup: silence } })
    const due = ami.action(hangup)
    const closing = ami.close()
    await expect(due).rejects.toMatchObject(offline)
    await closing
    expect(ami.state()).toEqual({ phase: 'closed' })
    expect(log).toEqual(['up', 'down closed'])
    await sleep(150)
    expect(server.sessions).toHaveLength(1)
    ami.open()
    ami.open()
    await isUp(watched)
    expect(server.sessions).toHaveLength(2)
  })

  test.each<[string, Partial<AmiScript>, string]>([
    ['while it waits', { greeting: 'x\r\n' }, 'waiting'],
    ['while it logs in', { handlers: { Login: silence } }, 'connecting'],
  ])('works %s, also when the peer resets the connection', async (_, script, phase) => {
    const server = await serve(script)
    const watched = observe(server.port, { times: { retryMinMs: 500, retryMaxMs: 500 } })
    const session = server.next()
    watched.ami.open()
    const side = await session
    await until(() => watched.ami.state().phase === phase)
    await watched.ami.close()
    side.socket.resetAndDestroy()
    await sleep(700)
    expect(watched.ami.state()).toEqual({ phase: 'closed' })
    expect(watched.log).toEqual([])
    expect(server.sessions).toHaveLength(1)
  })
})

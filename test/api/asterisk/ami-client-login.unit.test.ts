import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { startTimer as later } from '../../../api/asterisk/timer.ts'
import { splitRandomly } from '../../support/ami-recordings.ts'
import { type AmiScript, errorReply, successReply } from '../../support/ami-server.ts'
import { hangup, isUp, link, observe, offline, serve, silence } from './fixtures/ami-client.ts'
import { until } from './fixtures/until.ts'

describe('the login of an AMI client', () => {
  test('sends one Login, is up after FullyBooted in the same packet, and reports events from then on', async () => {
    const { side, events, log } = await link()
    expect(log).toEqual(['up'])
    expect(side.actions).toHaveLength(1)
    expect({ ...side.actions[0] }).toEqual({
      action: 'Login',
      actionid: 'hk-r4nd0m.1',
      username: 'events',
      secret: 'sesame',
      events: 'system,call,cdr',
    })
    expect(events.map(({ name }) => name)).toEqual(['FullyBooted'])
  })

  test('brings a user without system events up at once', async () => {
    const { log } = await link({}, { events: 'off', awaitsBoot: false })
    expect(log).toEqual(['up'])
  })

  test('is not up while Asterisk boots', async () => {
    const server = await serve({ handlers: { Login: successReply('Message: Authentication accepted') } })
    const watched = observe(server.port)
    const session = server.next()
    watched.ami.open()
    const side = await session
    await until(() => side.actions.length === 1)
    side.send('Event: PeerStatus', 'Peer: PJSIP/101')
    await expect(watched.ami.action(hangup)).rejects.toMatchObject(offline)
    expect(watched.ami.state().phase).toBe('connecting')
    side.send('Event: FullyBooted', 'Status: Fully Booted')
    await isUp(watched)
    expect(watched.events.map(({ name }) => name)).toEqual(['FullyBooted'])
  })

  test('is given up and retried when the boot does not end in time', async () => {
    const server = await serve({ handlers: { Login: successReply() } })
    const watched = observe(server.port, { times: { bootTimeoutMs: 30 } })
    watched.ami.open()
    await until(() => server.sessions.length >= 3)
    expect(watched.ami.state().lastDisconnect).toMatchObject({ reason: 'not_ready' })
    expect(watched.log).toEqual([])
  })

  test.each([
    ['byte by byte', 1],
    ['in two parts', 15],
  ])('accepts a greeting that comes %s', async (_, most) => {
    const server = await serve({ greeting: undefined })
    const watched = observe(server.port)
    const session = server.next()
    watched.ami.open()
    const side = await session
    for (const piece of splitRandomly(Buffer.from('Asterisk Call Manager/5.0.4\r\n'), () => 0.99, most)) {
      side.raw(piece)
      await sleep(1)
    }
    await isUp(watched)
  })

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['257 bytes without an end', `Asterisk Call Manager/${'1'.repeat(300)}`],
    ['a long line', `Asterisk Call Manager/${'1'.repeat(300)}\r\n`],
  ])('sends no secret after %s instead of a greeting, and retries', async (_, greeting) => {
    const server = await serve({ greeting })
    const watched = observe(server.port)
    watched.ami.open()
    await until(() => server.sessions.length >= 2)
    expect(watched.ami.state().lastDisconnect).toMatchObject({ reason: 'not_asterisk' })
    expect(server.sessions.flatMap(({ actions }) => actions)).toEqual([])
    server.script.greeting = 'Asterisk Call Manager/11.0.0\r\n'
    await isUp(watched)
  })

  test.each<[string, Partial<AmiScript>]>([
    ['a server that never greets', { greeting: undefined }],
    ['a Login that is never answered', { handlers: { Login: silence } }],
  ])('times out on %s', async (_, script) => {
    const server = await serve(script)
    const watched = observe(server.port, { times: { loginTimeoutMs: 30 } })
    watched.ami.open()
    await until(() => server.sessions.length >= 2)
    expect(watched.ami.state().lastDisconnect).toMatchObject({ reason: 'silent' })
  })

  test('reads what comes in one packet with the greeting', async () => {
    const greeting = 'Asterisk Call Manager/11.0.0\r\nEvent: FullyBooted\r\nStatus: Fully Booted\r\n\r\n'
    const { log } = await link({ greeting, handlers: { Login: successReply() } })
    expect(log).toEqual(['up'])
  })

  test('refuses a secret that cannot be encoded, in an error without the secret', () => {
    expect(() => observe(1, { secret: 'top\r\nsecret' })).toThrow(
      expect.objectContaining({ code: 'ami_field_invalid', message: 'Secret holds a control character' }),
    )
  })
})

describe('a refused login', () => {
  test('for a wrong secret is reported once and retried slowly until the secret is right', async () => {
    const server = await serve({ secret: 'other' })
    const pauses: number[] = []
    const watched = observe(server.port, {
      after: (ms, run) => {
        if (ms < 1_000) pauses.push(ms)
        return later(ms, run)
      },
    })
    watched.ami.open()
    await until(() => server.sessions.length >= 4)
    expect(watched.ami.state().lastDisconnect).toEqual({
      reason: 'login_refused',
      detail: 'Authentication failed',
    })
    expect(watched.errors).toHaveLength(1)
    expect(watched.errors[0]).toContain('Asterisk refuses the AMI user or its secret')
    // Between once and twice the delay after a refusal, however many there were.
    expect(new Set(pauses)).toEqual(new Set([60 * 1.99]))
    server.script.secret = 'sesame'
    await isUp(watched)
  })

  test('while Asterisk shuts down is retried soon', async () => {
    const stopping = errorReply('Asterisk is shutting down')
    const server = await serve({ handlers: { Login: stopping } })
    const watched = observe(server.port)
    watched.ami.open()
    await until(() => server.sessions.length >= 3)
    expect(watched.ami.state().lastDisconnect).toEqual({
      reason: 'not_ready',
      detail: 'Asterisk is shutting down',
    })
    server.script.handlers.Login = (session, action) => {
      successReply()(session, action)
      session.send('Event: FullyBooted')
    }
    await isUp(watched)
    expect(watched.ami.state()).toEqual({ phase: 'up' })
  })

  test('shows the secret in no error, report or state', async () => {
    const printed: unknown[] = []
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((one) =>
      vi.spyOn(console, one).mockImplementation((...args) => void printed.push(args)),
    )
    const server = await serve({ secret: 'other' })
    const watched = observe(server.port, { secret: 'hunter2' })
    watched.ami.open()
    await until(() => server.sessions.length >= 2)
    const refusal = await watched.ami.action(hangup).catch(String)
    for (const spy of spies) spy.mockRestore()
    expect(server.sessions[0]?.actions[0]?.secret).toBe('hunter2')
    expect(JSON.stringify([watched.errors, watched.ami.state(), watched.ami, refusal])).not.toContain(
      'hunter2',
    )
    expect(printed).toEqual([])
  })
})

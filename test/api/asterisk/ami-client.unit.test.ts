import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type AmiClient, type AmiClientTimes, createAmiClient } from '../../../api/asterisk/ami-client.ts'
import { type AmiAction, type AmiMessage, decodeMessage } from '../../../api/asterisk/ami-codec.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { startTimer as later, type StartTimer } from '../../../api/asterisk/timer.ts'
import { amiRecordings, messagesOf, splitRandomly } from '../../support/ami-recordings.ts'
import {
  type AmiScript,
  type AmiServer,
  type AmiSession,
  errorReply,
  startAmiServer,
  successReply,
} from '../../support/ami-server.ts'
import { freePort } from '../../support/free-port.ts'

/** Long timeouts: a test shortens the one that it is about. */
const LONG: AmiClientTimes = {
  loginTimeoutMs: 20_000,
  bootTimeoutMs: 20_000,
  actionTimeoutMs: 20_000,
  pingIntervalMs: 20_000,
  pingTimeoutMs: 20_000,
  retryMinMs: 20,
  retryMaxMs: 50,
  retryRefusedMs: 60,
}

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function serve(script: Partial<AmiScript> = {}): Promise<AmiServer> {
  const server = await startAmiServer(script)
  opened.unshift({ close: () => server.stop() })
  return server
}

interface Options {
  times?: Partial<AmiClientTimes>
  secret?: string
  events?: string
  awaitsBoot?: boolean
  after?: StartTimer
  dial?: Partial<Parameters<typeof createAmiSocketFactory>[0]>
}

/** A client, and what it has reported. */
interface ObservedClient {
  ami: AmiClient
  events: AmiMessage[]
  log: string[]
  errors: string[]
}

function observe(port: number, options: Options = {}): ObservedClient {
  const {
    times = {},
    secret = 'sesame',
    events = 'system,call,cdr',
    awaitsBoot: waitForBoot = true,
  } = options
  const errors: string[] = []
  const ami = createAmiClient({
    connect: createAmiSocketFactory({ host: '127.0.0.1', port, ...options.dial }),
    login: { username: 'events', secret, events, waitForBoot },
    instance: 'hk',
    nonce: () => 'r4nd0m',
    random: () => 0.99,
    startTimer: options.after ?? later,
    onError: (_, message, err) => errors.push(`${message} ${JSON.stringify(err)} ${err}`),
    times: { ...LONG, ...times },
  })
  const watched: ObservedClient = { ami, events: [], log: [], errors }
  ami.on('event', (event) => watched.events.push(event))
  ami.on('up', () => watched.log.push('up'))
  ami.on('down', ({ reason }) => watched.log.push(`down ${reason}`))
  opened.unshift(ami)
  return watched
}

const until = (what: () => unknown) =>
  vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 15_000, interval: 5 })
const isUp = ({ ami }: ObservedClient) => until(() => ami.state().phase === 'up')

/** A client that is logged in and up, with the session on the server's side. */
async function link(script: Partial<AmiScript> = {}, options: Options = {}) {
  const server = await serve(script)
  const watched = observe(server.port, options)
  const session = server.next()
  watched.ami.open()
  const side = await session
  await isUp(watched)
  return { server, side, ...watched, watched }
}

const hangup: AmiAction = { Action: 'Hangup', Channel: '1795218499.95' }
const offline = { code: 'ami_offline' }
/** Never answers. */
const silence = () => {}

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

describe('the events of an AMI client', () => {
  test('go on after a listener throws, and a listener can be removed', async () => {
    const { ami, side, events, errors } = await link()
    ami.on('event', () => {
      throw new Error('oops')
    })
    let received = 0
    const leave = ami.on('event', () => {
      received += 1
      leave()
    })
    side.send('Event: One')
    side.send('Event: Two')
    await until(() => events.length === 3)
    expect(received).toBe(1)
    expect(errors.join()).toContain('oops')
  })

  test.each([
    [
      'U+134A in a name',
      ['CallerIDName: Bobፊset: 1ፊChannel: PJSIP/999-deadbeefፊፊEvent: Forged'],
      'calleridname',
      'Bobፊset: 1ፊChannel: PJSIP/999-deadbeefፊፊEvent: Forged',
    ],
    ['a header named Set', ['Set: x', 'parse: y', 'After: z'], 'after', 'z'],
    ['a prototype', ['__proto__: x', 'constructor: y'], '__proto__', 'x'],
    ['Cyrillic', ['CallerIDName: Иван'], 'calleridname', 'Иван'],
  ])('contain %s as text, even if every byte comes alone', async (_, lines, key, value) => {
    const { side, events } = await link()
    const bytes = Buffer.from(['Event: Newchannel', ...lines, 'Channel: real', '', ''].join('\r\n'))
    for (const byte of bytes) side.raw(Buffer.from([byte]))
    await until(() => events.length === 2)
    expect(events[1]?.fields[key]).toBe(value)
    expect(events[1]?.fields.channel).toBe('real')
  })

  test('are complete for every recorded scene, in pieces of any size', async () => {
    const { side, events } = await link()
    let seed = 7
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    }
    events.length = 0
    const expected: AmiMessage[] = []
    for (const recording of amiRecordings) {
      const bytes = messagesOf(recording)
      const messages = bytes
        .toString()
        .split('\r\n\r\n')
        .map((text) => decodeMessage(Buffer.from(text)))
      // Responses match no pending action and are dropped.
      expected.push(...messages.filter((one) => one !== undefined).filter(({ kind }) => kind === 'event'))
      for (const piece of splitRandomly(bytes, random, 1_500)) side.raw(piece)
    }
    await until(() => events.length >= expected.length)
    expect(events.length).toBeGreaterThan(500)
    expect(events).toEqual(expected)
  })

  const lists = amiRecordings.filter(({ bytes }) => bytes.includes('EventList: start'))
  test.each(lists)('include the items of the recorded list $name', async ({ bytes }) => {
    const { ami } = await link({
      handlers: {
        Show: (session, { actionid }) =>
          session.raw(bytes.toString().replaceAll('ActionID: x-1', `ActionID: ${actionid}`)),
      },
    })
    const count = Number(/ListItems: (\d+)/.exec(bytes.toString())?.[1])
    expect(await ami.list({ Action: 'Show' })).toHaveLength(count)
  })
})

describe('an AMI client with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ami-tls-'))
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const made = (() => {
    try {
      const san = ['-addext', 'subjectAltName=IP:127.0.0.1']
      const req = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
      ]
      execFileSync('openssl', [...req, '-subj', '/CN=pbx', ...san, '-keyout', key, '-out', cert], {
        stdio: 'ignore',
      })
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    } catch {
      return undefined
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })()
  const name = made === undefined ? '%s (skipped: there is no openssl here)' : '%s'

  test.skipIf(made === undefined).each<[string, object, string]>([
    ['connects to a PBX with a trusted certificate', { ca: made?.cert }, 'up'],
    ['refuses a PBX with an untrusted certificate', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['connects to it if any certificate is accepted', { rejectUnauthorized: false }, 'up'],
  ])(name, async (_, tls, outcome) => {
    const server = await startAmiServer({}, made)
    opened.unshift({ close: () => server.stop() })
    const watched = observe(server.port, { dial: { tls } })
    watched.ami.open()
    await until(() => (watched.ami.state().lastDisconnect?.detail ?? watched.ami.state().phase) === outcome)
  })
})

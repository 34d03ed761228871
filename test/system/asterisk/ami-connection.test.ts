import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type AmiClient, createAmiClient } from '../../../api/asterisk/ami-client.ts'
import type { AmiMessage } from '../../../api/asterisk/ami-codec.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { startTimer } from '../../../api/asterisk/timer.ts'
import {
  type AmiUser,
  type AsteriskServer,
  startAsterisk,
  whyAsteriskUnavailable,
} from '../../support/asterisk.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'a real Asterisk' : `a real Asterisk (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let asterisk: AsteriskServer
  let events: AmiClient
  let control: AmiClient
  const received: AmiMessage[] = []
  const log: string[] = []

  beforeAll(async () => {
    asterisk = await startAsterisk()
    events = transport(asterisk.users.events, 'system,call,cdr', true)
    control = transport(asterisk.users.control, 'call', false)
    events.on('event', (event) => received.push(event))
    for (const [name, ami] of Object.entries({ events, control })) {
      ami.on('up', () => log.push(`${name} up`))
      ami.on('down', ({ reason }) => log.push(`${name} down: ${reason}`))
      ami.open()
    }
    await bothUp()
  })
  afterAll(async () => {
    await events?.close()
    await control?.close()
    await asterisk?.stop()
  })

  const transport = ({ username, secret }: AmiUser, classes: string, waitForBoot: boolean) =>
    createAmiClient({
      connect: createAmiSocketFactory({ host: '127.0.0.1', port: asterisk.amiPort }),
      login: { username, secret, events: classes, waitForBoot },
      instance: 'test',
      nonce: () => randomBytes(8).toString('hex'),
      random: Math.random,
      startTimer,
      onError: () => {},
      // Long, so that anything earlier has another cause.
      times: { actionTimeoutMs: 600_000, pingIntervalMs: 600_000 },
    })
  const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 })
  const bothUp = () =>
    until(() => expect([events.state().phase, control.state().phase]).toEqual(['up', 'up']))
  const named = (name: string) => received.filter((event) => event.name === name)
  /** A call without a phone: a Local channel that stays up, and 622, which rings. */
  const originate = (ChannelId: string, CallerID: string) =>
    control.action({
      Action: 'Originate',
      Channel: 'Local/630@internal',
      ChannelId,
      OtherChannelId: `${ChannelId}-2`,
      Context: 'internal',
      Exten: '622',
      Priority: 1,
      CallerID,
      Async: true,
    })

  test('accepts both users of docs/asterisk/manager.conf', async () => {
    expect(log.sort()).toEqual(['control up', 'events up'])
    expect(named('FullyBooted')).toHaveLength(1)
    const { fields } = await control.action({ Action: 'CoreStatus' })
    expect(fields.corestartupdate).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(await control.list({ Action: 'CoreShowChannels' })).toEqual([])
  })

  test('answers lists with the privileges named there', async () => {
    const states = await control.list({ Action: 'ExtensionStateList' })
    expect(states.map(({ fields }) => fields.exten)).toEqual(expect.arrayContaining(['1001', '1002', '1003']))
    expect((await control.list({ Action: 'DeviceStateList' })).length).toBeGreaterThan(0)
  })

  test.each(['Originate', 'Hangup', 'CoreStatus', 'CoreShowChannels', 'Command', 'Getvar'])(
    'refuses %s to the events user',
    async (Action) => {
      await expect(events.action({ Action })).rejects.toMatchObject({
        code: 'ami_refused',
        message: 'Permission denied',
      })
    },
  )

  test.each(['Command', 'UpdateConfig', 'ModuleLoad', 'MixMonitor', 'PJSIPNotify', 'DBPut'])(
    'refuses %s to the control user',
    async (Action) => {
      await expect(control.action({ Action })).rejects.toMatchObject({
        code: 'ami_refused',
        message: 'Permission denied',
      })
    },
  )

  test('sends a name with U+134A as text that injects no line', async () => {
    const name = 'Bobፊset: 1ፊChannel: PJSIP/999-deadbeefፊፊEvent: Forged'
    await originate('call-1', `"${name}" <100>`)
    await until(() => expect(received.some(({ fields }) => fields.calleridname === name)).toBe(true))
    await until(() => expect(named('OriginateResponse')).toHaveLength(1))
    const calls = await control.list({ Action: 'CoreShowChannels' })
    expect(calls.map(({ fields }) => fields.calleridname)).toContain(name)
    await control.action({ Action: 'Hangup', Channel: 'call-1' })
    await until(() => expect(named('Hangup').length).toBeGreaterThanOrEqual(2))
    expect(named('Forged')).toEqual([])
    expect(received.filter(({ fields }) => /^PJSIP/.test(fields.channel ?? ''))).toEqual([])
    expect(received.filter(({ fields }) => 'set' in fields)).toEqual([])
  })

  test('reads a line of its maximum length', async () => {
    const Variable = `V=${'ж'.repeat(494)}`
    await expect(control.action({ Action: 'Getvar', Variable })).resolves.toMatchObject({ name: 'Success' })
    const many = Array.from({ length: 117 }, (_, at) => `v${at}=1`)
    await expect(
      control.action({ Action: 'Originate', Channel: 'Local/none@nowhere', Variable: many }),
    ).rejects.toMatchObject({ code: 'ami_refused', message: expect.not.stringMatching(/too many lines/i) })
  })

  test('answers 200 actions at once', async () => {
    const asked = Array.from({ length: 200 }, (_, at) =>
      at % 4 === 0
        ? control.list({ Action: 'ExtensionStateList' })
        : control.action({ Action: 'CoreStatus' }).then((answer) => [answer]),
    )
    for (const answer of await Promise.all(asked)) expect(answer.length).toBeGreaterThan(0)
  })

  test('killed and restarted: pending actions fail, the connection is down, and up again by itself', async () => {
    await originate('call-2', '100')
    await until(() => expect(received.some(({ fields }) => fields.uniqueid === 'call-2')).toBe(true))
    log.length = 0
    await asterisk.freeze()
    const due = [control.action({ Action: 'CoreStatus' }), control.list({ Action: 'CoreShowChannels' })]
    const outcomes = Promise.allSettled(due)
    await asterisk.kill()
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ami_offline', sent: true } })
    }
    await until(() => expect(log.toSorted()).toEqual(['control down: lost', 'events down: lost']))
    // Events from before the end are reported; only later ones belong to the restarted Asterisk.
    received.length = 0
    await expect(control.action({ Action: 'CoreStatus' })).rejects.toMatchObject({ sent: false })

    await asterisk.restart()
    await bothUp()
    expect(log.slice(2).sort()).toEqual(['control up', 'events up'])
    expect(received[0]?.name).toBe('FullyBooted')
    expect(await control.list({ Action: 'CoreShowChannels' })).toEqual([])
  })

  test('stopped in order: sends Shutdown, and is connected again after its start', async () => {
    received.length = 0
    log.length = 0
    await asterisk.restart()
    await until(() => expect(log).toContain('control up'))
    await bothUp()
    expect(named('Shutdown')).toHaveLength(1)
    expect((await control.action({ Action: 'CoreStatus' })).name).toBe('Success')
  })
})

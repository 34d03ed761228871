import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type AmiClient, createAmiClient } from '../../api/asterisk/ami-client.ts'
import { createAmiSocketFactory } from '../../api/asterisk/ami-socket.ts'
import { startTimer } from '../../api/asterisk/timer.ts'
import { findOrUnpackAsterisk } from '../../bin/system/asterisk.ts'
import { whyAsteriskUnavailable } from '../support/asterisk.ts'
import { registerBrowser, sipHeader } from '../support/browser-phone.ts'
import { project, systemFolder } from '../support/build.ts'
import { freeLowPort } from '../support/free-port.ts'
import { login, requestJson, subscribeSse } from '../support/http-client.ts'
import { startPhone } from '../support/phone.ts'
import { type ProcessName, type Stack, startStack, waitUntil } from '../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? '--demo --pbx' : `--demo --pbx (skipped: ${missing})`
const PARTS: readonly ProcessName[] = ['asterisk', 'phone-1001', 'phone-1002']

describe.skipIf(missing !== undefined)(title, () => {
  const data = mkdtempSync(join(tmpdir(), 'hs-'))
  const secret = (name: string) => readFileSync(join(data, 'asterisk', `${name}.secret`), 'latin1').trim()
  let sipPort: number
  let amiPort: number
  let httpPort: number
  let stack: Stack
  let control: AmiClient

  const started = () =>
    startStack({
      data,
      keepData: true,
      pbx: true,
      env: {
        HOOKSWITCH_PBX_SIP_PORT: String(sipPort),
        HOOKSWITCH_PBX_AMI_PORT: String(amiPort),
        HOOKSWITCH_PBX_HTTP_PORT: String(httpPort),
      },
    })
  beforeAll(async () => {
    ;[sipPort, amiPort, httpPort] = [await freeLowPort(), await freeLowPort(), await freeLowPort()]
    stack = await started()
    control = createAmiClient({
      connect: createAmiSocketFactory({ host: '127.0.0.1', port: amiPort }),
      login: {
        username: 'hookswitch-control',
        secret: secret('control'),
        events: 'call',
        waitForBoot: false,
      },
      instance: 'test',
      nonce: () => randomBytes(8).toString('hex'),
      random: Math.random,
      startTimer,
      onError: () => {},
    })
    control.open()
    await vi.waitFor(() => expect(control.state().phase).toBe('up'), 15_000)
  })
  afterAll(async () => {
    await control?.close()
    await stack?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const states = async () => {
    const found = await control.list({ Action: 'DeviceStateList' })
    return Object.fromEntries(found.map(({ fields }) => [fields.device, fields.state]))
  }
  const phonesAre = (state: string) =>
    vi.waitFor(
      async () => expect(await states()).toMatchObject({ 'PJSIP/1001': state, 'PJSIP/1002': state }),
      15_000,
    )

  test('1001 and 1002 are registered, and the phones for people are not', async () => {
    await phonesAre('NOT_INUSE')
    const others = await states()
    for (const extension of ['1000', '1003', '201'])
      expect(others[`PJSIP/${extension}`] ?? 'UNAVAILABLE').toMatch(/^(UNAVAILABLE|INVALID)$/)
  })

  test('a call placed by the printed instructions is seen on the stream, from its beginning to its end', async () => {
    await phonesAre('NOT_INUSE')
    const { access } = await login(stack)
    const stream = subscribeSse(stack, access)
    const seen = (state: string) => () => {
      const { states = {} } = (stream.messages.at(-1) ?? {}) as { states?: Record<string, { state: string }> }
      return states['1001']?.state === state && states['1002']?.state === state
    }
    await waitUntil('both are idle', seen('Idle'))
    const dialled = await requestJson(`${stack.url}/api/v1/calls`, {
      token: access,
      json: { number: '1002' },
    })
    expect(dialled.status).toBe(202)
    await waitUntil('both talk', seen('Up'))
    const call = `${stack.url}${dialled.headers.get('location')}`
    expect((await requestJson(call, { token: access })).body).toMatchObject({
      state: 'up',
      to: { number: '1002' },
    })
    expect((await requestJson(`${call}/hangup`, { method: 'POST', token: access })).status).toBe(204)
    await waitUntil('both are idle again', seen('Idle'))
    expect((await requestJson(call, { token: access })).body).toMatchObject({ outcome: 'answered' })
    expect((await requestJson(`${stack.url}/ready`)).body.pbx).toBe('online')
    stream.close()
  })

  test('prints how to register a phone, and the instructions work', async () => {
    const shown = /server (\S+):(\d+) .*, password ([0-9a-f]{32}) /.exec(stack.output())
    expect(shown?.slice(1)).toEqual(['127.0.0.1', String(sipPort), secret('phones')])
    expect(stack.output()).toContain(`${stack.url}/api/v1/calls`)
    const programs = await findOrUnpackAsterisk(systemFolder, join(project, 'bin/pbx'), () => {})
    const own = await startPhone({ programs, sipPort, secretOf: () => shown?.[3] ?? '' }, '1003')
    const desk = /user 201, password (\S+)/.exec(stack.output())?.[1] ?? ''
    const documented = await startPhone({ programs, sipPort, secretOf: () => desk }, '201')
    expect([own.registered, documented.registered]).toEqual([true, true])
    await Promise.all([own.stop(), documented.stop()])
  })

  test('a new user gets an extension that rings: its calls come, and all users see them', async () => {
    const account = { email: 'new@example.org', password: 'secreto123' }
    const registered = await requestJson(`${stack.url}/auth/register`, { json: account })
    expect(registered).toMatchObject({ status: 201, body: { is_active: true } })
    const { access_token } = (await requestJson(`${stack.url}/auth/login`, { json: account })).body
    const { body } = await requestJson(`${stack.url}/sip/credentials`, { token: String(access_token) })
    const extension = String(body.username)
    expect(body).toMatchObject({ domain: '127.0.0.1', port: sipPort, auth_username: extension })

    const programs = await findOrUnpackAsterisk(systemFolder, join(project, 'bin/pbx'), () => {})
    const phone = await startPhone({ programs, sipPort, secretOf: () => String(body.password) }, extension, {
      answer: 'manual',
    })
    const caller = await login(stack)
    const stream = subscribeSse(stack, caller.access)
    const seen = (state: string) => () => {
      const { states = {} } = (stream.messages.at(-1) ?? {}) as { states?: Record<string, { state: string }> }
      return states[extension]?.state === state
    }
    await waitUntil('it is there and idle', seen('Idle'))
    const dialled = await requestJson(`${stack.url}/api/v1/calls`, {
      token: caller.access,
      json: { number: extension },
    })
    await waitUntil('it rings', () => phone.state() === 'ringing')
    await waitUntil('and everybody sees it', seen('Ringing'))
    await phone.accept()
    await waitUntil('it talks', seen('Up'))
    await requestJson(`${stack.url}${dialled.headers.get('location')}/hangup`, {
      method: 'POST',
      token: caller.access,
    })
    await waitUntil('it is idle again', seen('Idle'))
    stream.close()
    await phone.stop()
  })

  test('a browser of a demo user registers beside the desk phone, and both ring', async () => {
    const { access } = await login(stack, 'user3')
    const lent = await requestJson(`${stack.url}/api/v1/phone/credentials`, { method: 'POST', token: access })
    expect(lent).toMatchObject({ status: 200, body: { extension: '1003', sip_username: '1003-web' } })
    // Clients of the call center want a whole URL.
    expect((await requestJson(`${stack.url}/api/config/webrtc`, { token: access })).body).toMatchObject({
      caller_id: '1003',
      websocket_url: `${stack.url.replace('http', 'ws')}/api/v1/phone/socket`,
    })
    const browser = await registerBrowser(`ws://127.0.0.1:${httpPort}/ws`, {
      user: '1003-web',
      password: String(lent.body.sip_password),
    })
    expect(browser.status).toBe(200)
    const programs = await findOrUnpackAsterisk(systemFolder, join(project, 'bin/pbx'), () => {})
    const desk = await startPhone({ programs, sipPort, secretOf: () => secret('phones') }, '1003', {
      answer: 'manual',
    })
    const caller = await login(stack)
    const dialled = await requestJson(`${stack.url}/api/v1/calls`, {
      token: caller.access,
      json: { number: '1003' },
    })
    await waitUntil('both ring', () => desk.state() === 'ringing' && browser.isRinging())
    const invite = browser.invites[0] ?? ''
    expect(sipHeader(invite, 'X-Hookswitch-Call')).toBe(dialled.body.id)
    // What a browser can answer: opus, DTLS and ICE, at an address that is not loopback where the machine has one.
    expect(invite).toMatch(/a=rtpmap:\d+ opus\/48000/i)
    expect(invite).toMatch(/a=fingerprint:sha-256 /i)
    const own = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ internal }) => !internal),
    )
    const candidates = [...invite.matchAll(/^a=candidate:.* udp \d+ (\S+) \d+ typ host/gim)].map(
      ([, at]) => at,
    )
    expect(candidates).not.toEqual([])
    if (own.length > 0) expect(/^c=IN IP4 (\S+)/m.exec(invite)?.[1]).not.toBe('127.0.0.1')
    await desk.accept()
    await waitUntil('the browser stops', () => !browser.isRinging())
    await desk.stop()
    browser.close()
  })

  test('its secrets are for its user alone, differ, and stand in no log', () => {
    const secrets = ['events', 'control', 'phones', 'ari'].map(secret)
    expect(new Set(secrets).size).toBe(4)
    for (const name of ['events.secret', 'phones.secret', 'ari.secret', 'etc/manager.conf', 'etc/ari.conf'])
      expect(statSync(join(data, 'asterisk', name)).mode & 0o077).toBe(0)
    const logs = readFileSync(join(data, 'asterisk/log/full.log'), 'latin1') + logsWithoutWelcome()
    for (const one of secrets) expect(logs).not.toContain(one)
  })

  test.each(PARTS)('%s that dies is started again', async (part) => {
    const before = stack.pid(part)
    stack.signal(part, 'SIGKILL')
    await waitUntil(`another ${part}`, () => stack.pid(part) !== before)
    await vi.waitFor(() => expect(control.state().phase).toBe('up'), 30_000)
    await phonesAre('NOT_INUSE')
  })

  test('stops everything, and comes back with the same secrets, of which it shows none', async () => {
    const kept = secret('phones')
    const pids = PARTS.map((part) => stack.pid(part))
    await stack.stop()
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')

    stack = await started()
    expect(secret('phones')).toBe(kept)
    await waitUntil('the welcome', () => stack.output().includes('/api/v1/calls'))
    expect(stack.output()).not.toContain(kept)
    await login(stack)
    await phonesAre('NOT_INUSE')
  })

  /** Standard output is no log: there the SIP password is shown, once. */
  function logsWithoutWelcome(): string {
    return stack.logs().replace(stack.output(), '')
  }
})

describe('--pbx that cannot start reports it in one line', () => {
  const data = () => mkdtempSync(join(tmpdir(), 'hs-'))
  const refused = async (options: Parameters<typeof startStack>[0]) => {
    const folder = data()
    try {
      await startStack({ ...options, data: folder, pbx: true })
    } catch (err) {
      const lines = err instanceof Error ? err.message.split('\n') : []
      return lines.at(-1)?.replace(/^start ended with [12]: /, '')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    throw new Error('it started')
  }

  test('without --demo', async () => {
    expect(await refused({ demo: false })).toBe('hookswitch: --pbx is part of the demo: add --demo')
  })

  test.each(['HOOKSWITCH_PBX_SIP_PORT', 'HOOKSWITCH_PBX_AMI_PORT', 'HOOKSWITCH_PBX_HTTP_PORT'])(
    'where %s is taken',
    async (setting) => {
      const server = await new Promise<Server>((resolve) => {
        const one = createServer().listen(0, '127.0.0.1', () => resolve(one))
      })
      const address = server.address()
      const taken = typeof address === 'object' ? address?.port : 0
      const env = {
        HOOKSWITCH_PBX_SIP_PORT: String(await freeLowPort()),
        HOOKSWITCH_PBX_AMI_PORT: String(await freeLowPort()),
        HOOKSWITCH_PBX_HTTP_PORT: String(await freeLowPort()),
        [setting]: String(taken),
      }
      const said = await refused({ env })
      server.close()
      expect(said).toMatch(
        new RegExp(`^hookswitch: port ${taken} of 127.0.0.1 is taken: .* set ${setting} to `),
      )
    },
  )

  test('where two of its ports are one', async () => {
    const port = String(await freeLowPort())
    const said = await refused({ env: { HOOKSWITCH_PBX_SIP_PORT: port, HOOKSWITCH_PBX_AMI_PORT: port } })
    expect(said).toContain('must be four ports')
  })
})

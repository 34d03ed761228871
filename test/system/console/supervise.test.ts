import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { axeViolations } from '../../support/console/axe.ts'
import { type Dock, dockOf, openCaller } from '../../support/console/calling-person.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { tonesSentTo } from '../../support/console/far-end.ts'
import { pbxOf, pbxPorts, type StackPbx } from '../../support/console/stack-pbx.ts'
import { writeToneFile } from '../../support/console/tone-file.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { type CallBody, loginV1Client, type V1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'supervisors' : `supervisors (skipped: ${missing})`

/** Hertz: of the agent's phone 201, of the other end 1003, of the supervisor's phone 1002, and of the browser. */
const TONES = { agent: 350, far: 880, supervisor: 660, browser: 1_100 }
const AGENT_PASSWORD = 'b749601f329a635a19c4a87bc359be3d'

describe.skipIf(missing !== undefined)(title, () => {
  let stack: Stack
  let pbx: StackPbx
  let folder: string
  let browser: ConsoleBrowser
  /** In the team sales, as the agent is. */
  let ofSales: V1Client
  let ofLegal: V1Client
  let agentUser: V1Client
  let admin: V1Client
  let agent: Phone
  let far: Phone

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tones-'))
    const tone = join(folder, 'tone.wav')
    writeToneFile(tone, TONES.browser)
    const ports = await pbxPorts()
    stack = await startStack({ pbx: true, env: ports })
    pbx = await pbxOf(stack, ports)
    admin = await loginV1Client(stack, 'admin')
    const users = (await admin.request('/users')).body.users as { id: string; username: string }[] // the documented shape
    for (const [username, team] of [
      ['user2', 'sales'],
      ['201', 'sales'],
      ['user1', 'legal'],
    ] as const) {
      const { id } = users.find((user) => user.username === username) ?? { id: '' }
      const role = username === '201' ? 'user' : 'supervisor'
      expect((await admin.request(`/users/${id}`, { method: 'PATCH', json: { role } })).status).toBe(200)
      const json = { name: username, userId: Number(id), team }
      expect((await requestJson(`${stack.url}/api/agents`, { token: admin.token, json })).status).toBe(201)
    }
    ;[ofSales, ofLegal, agentUser, agent, far, browser] = await Promise.all([
      loginV1Client(stack, 'user2'),
      loginV1Client(stack, 'user1'),
      loginV1Client(stack, '201', AGENT_PASSWORD),
      startPhone(pbx, '201', { tone: TONES.agent, records: true }),
      startPhone(pbx, '1003', { tone: TONES.far, records: true }),
      startConsoleBrowser(stack.url, [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${tone}`,
        '--autoplay-policy=no-user-gesture-required',
      ]),
    ])
  })
  afterEach(async () => {
    await pbx.cli('channel request hangup all')
    await waitUntil('no call', async () => (await channels()).length === 0)
    await waitUntil('no call is shown', async () => (await admin.calls()).length === 0)
  })
  afterAll(async () => {
    await browser?.stop()
    await Promise.all([agent?.stop(), far?.stop()])
    await stack?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const channels = async () =>
    (await pbx.cli('core show channels concise')).split('\n').filter((line) => line.startsWith('PJSIP/'))
  const isInCall = async (extension: string) =>
    (await channels()).some((line) => line.startsWith(`PJSIP/${extension}-`))
  /** The agent calls the other end. @returns the id */
  async function talking(): Promise<string> {
    await agent.dial('1003')
    let call: CallBody | undefined
    await waitUntil('they talk', async () => {
      call = (await admin.calls())[0]
      return call?.state === 'up' && call.legs.filter(({ state }) => state === 'up').length === 2
    })
    return call?.id ?? ''
  }
  const supervise = (who: V1Client, id: string, mode: string, json = {}) =>
    who.request(`/calls/${id}/${mode}`, { json })
  const supervisors = async (who: V1Client, id: string) => (await who.call(id)).supervised_by ?? []
  async function listening(): Promise<string> {
    const id = await talking()
    // Teams that have just changed are known a few seconds later.
    await waitUntil('the team is known', async () => (await ofSales.calls()).length === 1)
    expect((await supervise(ofSales, id, 'listen')).status).toBe(202)
    await waitUntil('the supervisor listens', async () =>
      (await supervisors(ofSales, id)).some(({ state }) => state === 'up'),
    )
    return id
  }
  /** Whether the agent and the other end get a tone. */
  const received = async (hertz: number) =>
    (await Promise.all([agent, far].map((phone) => phone.tonesReceived(hertz)))).map(
      ([part = 0]) => part > 0.4,
    )
  const becomes = (hertz: number, expected: readonly boolean[]) =>
    waitUntil(`the agent and the other end get ${expected}`, async () => {
      const now = await received(hertz)
      return now.every((one, at) => one === expected[at])
    })

  test('listen, whisper and join reach whom they should, and taking over connects the supervisor', async () => {
    const id = await listening()
    expect(await received(TONES.supervisor)).toEqual([false, false])
    const [ofAgent = 0, ofFar = 0] = await tonesSentTo(pbx, '1002', TONES.agent, TONES.far)
    expect(Math.min(ofAgent, ofFar)).toBeGreaterThan(0.4)
    expect(await supervisors(agentUser, id)).toMatchObject([{ name: 'user2', mode: 'listen', state: 'up' }])
    // The phone that listens is in no call.
    expect((await admin.calls()).map((call) => call.id)).toEqual([id])

    expect(await supervise(ofSales, id, 'whisper')).toMatchObject({ status: 202 })
    await becomes(TONES.supervisor, [true, false])
    expect(await supervisors(agentUser, id)).toMatchObject([{ mode: 'whisper' }])
    expect((await supervise(ofSales, id, 'join')).status).toBe(202)
    await becomes(TONES.supervisor, [true, true])
    expect((await supervise(ofSales, id, 'listen')).status).toBe(202)
    await becomes(TONES.supervisor, [false, false])

    expect((await ofSales.command(id, 'take-over')).status).toBe(204)
    expect(await isInCall('201')).toBe(false)
    await waitUntil('the other end has the supervisor', async () => {
      const [own = 0, ofAgentNow = 0] = await far.tonesReceived(TONES.supervisor, TONES.agent)
      return own > 0.4 && ofAgentNow < 0.1
    })
    const taken = await ofSales.call(id)
    expect(taken).not.toHaveProperty('supervised_by')
    expect(
      taken.legs
        .filter(({ state }) => state === 'up')
        .map(({ extension }) => extension)
        .sort(),
    ).toEqual(['1002', '1003'])
    const { body } = await admin.request(`/security-log?user_id=${agentUser.userId}&limit=10`)
    const events = body.events as { event: string; actor_id: string }[] // the documented shape
    const about = events.filter(({ event }) => event.startsWith('call_')).reverse()
    expect(about.map(({ event }) => event)).toEqual([
      'call_supervision_started',
      'call_supervision_changed',
      'call_supervision_changed',
      'call_supervision_changed',
      'call_taken_over',
    ])
    await far.hangup()
    const past = await admin.history(id)
    expect(past.parties.map(({ extension }) => extension).sort()).toEqual(['1002', '1003', '201'])
  })

  test('another team’s supervisor gets 404 and no channel', async () => {
    const id = await talking()
    for (const mode of ['listen', 'whisper', 'join']) {
      expect((await supervise(ofLegal, id, mode)).status).toBe(404)
    }
    expect((await ofLegal.command(id, 'take-over')).status).toBe(404)
    expect((await supervise(agentUser, id, 'listen')).status).toBe(403)
    expect(await isInCall('1001')).toBe(false)
    expect(await channels()).toHaveLength(2)
  })

  test('it ends with the call, with a word, and with the session within a second', async () => {
    await listening()
    await far.hangup()
    await waitUntil('the supervisor’s phone is free', async () => !(await isInCall('1002')))

    const again = await listening()
    expect((await ofSales.command(again, 'supervision/stop')).status).toBe(204)
    await waitUntil('the supervisor’s phone is free', async () => !(await isInCall('1002')))
    expect([agent.state(), far.state()]).toEqual(['up', 'up'])

    expect((await supervise(ofSales, again, 'listen')).status).toBe(202)
    await waitUntil('it listens', async () => (await supervisors(ofSales, again))[0]?.state === 'up')
    const ended = await admin.request(`/users/${ofSales.userId}/sessions`, { method: 'DELETE' })
    expect(ended.status).toBe(200)
    await waitUntil('the supervisor’s phone is free', async () => !(await isInCall('1002')), 1_000)
    expect([agent.state(), far.state()]).toEqual(['up', 'up'])
  })

  describe('in the console', () => {
    let person: Person
    let dock: Dock
    beforeAll(async () => {
      person = await openCaller(browser)
      await person.signIn('admin', '/console/live')
      dock = dockOf(person.page)
      await dock.ready()
    })

    test('an admin listens by the browser, whispers, and takes the call over after a question', async () => {
      const { page } = person
      await talking()
      const row = page.locator('tbody tr')
      await row.getByRole('button', { name: /^Actions for/ }).click()
      await page.getByRole('menuitem', { name: 'Listen' }).click()
      await row.getByText('admin listens').waitFor()
      await dock.untilSound(TONES.agent)
      await dock.untilSound(TONES.far)
      expect(await received(TONES.browser)).toEqual([false, false])
      expect(await axeViolations(page)).toEqual([])
      // The users in the call see it, with the phone of either.
      const other = await browser.openPerson()
      await other.signIn('user3')
      await other.page.getByText('admin listens').waitFor()
      await other.close()

      await row.getByRole('button', { name: 'Whisper' }).click()
      await row.getByRole('button', { name: 'Whisper', pressed: true }).waitFor()
      await becomes(TONES.browser, [true, false])

      await row.getByRole('button', { name: 'Take over' }).click()
      await page.getByText('is disconnected from the call').waitFor()
      expect(agent.state()).toBe('up')
      await page.getByRole('dialog').getByRole('button', { name: 'Take over' }).click()
      await page.getByText('The call is yours now').waitFor()
      await dock.untilSound(TONES.far, TONES.agent)
      await dock.cards('active').getByText('1003').first().waitFor()
      await dock.click('active', 'Hang up')
      await dock.untilCalls()
      await waitUntil('the other end is free', () => far.state() === 'idle')
      expectNoComplaints(person)
    })
  })
})

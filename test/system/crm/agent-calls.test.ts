import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { createDoNotCall } from '../../../api/store/sql/call-center/do-not-call.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import {
  type CallCenterClient,
  type CallCenterUserName,
  loginCallCenterUser,
  seedCallCenter,
} from '../../support/call-center.ts'
import { logout, requestJson, type SseSubscription } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { type ScriptedPhones, startCallers, startTrunkPeer } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { loginV1Client, openSoftphone, type V1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'calls of agents' : `calls of agents (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  const data = mkdtempSync(join(tmpdir(), 'crm-'))
  let telephony: Telephony
  let ids: Record<CallCenterUserName, number>
  let anna: CallCenterClient
  let bert: CallCenterClient
  let carl: CallCenterClient
  let sven: CallCenterClient
  let tara: CallCenterClient
  let root: CallCenterClient
  /** Anna on the v1 surface, which has her softphone and the call history. */
  let annaV1: V1Client
  let phones: Phone[]
  let phone1: Phone
  let phone2: Phone
  let outside: ScriptedPhones
  const open: SseSubscription[] = []

  beforeAll(async () => {
    ids = await seedCallCenter(data)
    const policy = join(data, 'dial-policy.json')
    const limits = { perMinute: 1_000, perDay: 10_000, concurrent: 100 }
    writeFileSync(policy, JSON.stringify({ country: 'DE', limits }))
    telephony = await startTelephony({ trunk: true, data, env: { HOOKSWITCH_DIAL_POLICY: policy } })
    const { stack, asterisk } = telephony
    ;[anna, bert, carl, sven, tara, root] = await Promise.all([
      loginCallCenterUser(stack, 'anna'),
      loginCallCenterUser(stack, 'bert'),
      loginCallCenterUser(stack, 'carl'),
      loginCallCenterUser(stack, 'sven'),
      loginCallCenterUser(stack, 'tara'),
      loginCallCenterUser(stack, 'root'),
    ])
    annaV1 = await loginV1Client(stack, 'anna', CHEAP_PASSWORD)
    ;[phone1, phone2] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'manual' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
    ])
    phones = [phone1, phone2]
    outside = await startTrunkPeer(asterisk, 'answers')
    await waitUntil(
      'the PBX is online',
      async () => (await anna.request('/sip/status')).body.registered === true,
    )
  })
  afterEach(async () => {
    for (const one of open.splice(0)) one.close()
    const { body } = await requestJson(`${telephony.stack.url}/api/v1/calls`, { token: root.token })
    for (const { id } of body.calls as { id: string }[])
      await root.request(`/calls/${id}/hangup`, { method: 'POST' }) // the documented shape
    await waitUntil('all phones are idle', () => phones.every((phone) => phone.state() === 'idle'))
    await waitUntil('no lead is in a call', async () => {
      const leads = (await root.request('/leads')).body as unknown as { dialState: string }[] // a bare array
      return leads.every(({ dialState }) => dialState !== 'DIALLING')
    })
  })
  afterAll(async () => {
    await outside?.stop()
    await Promise.all((phones ?? []).map((phone) => phone.stop()))
    await telephony?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  let leads = 0
  /** Creates a lead with a number behind the trunk; it is assigned to Anna. */
  async function createLead(by = anna): Promise<number> {
    leads += 1
    const { status, body } = await by.request('/leads', {
      json: { name: `Lead ${leads}`, phone: `030 5550${leads}` },
    })
    expect(status).toBe(201)
    return Number(body.id)
  }
  const accept = async (phone: Phone) => {
    await waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
    await phone.accept()
  }
  const post = async (who: CallCenterClient, path: string, json?: unknown) =>
    who.request(path, json === undefined ? { method: 'POST' } : { json })
  const statusOf = async (id: unknown, who = anna) => (await who.request(`/calls/${id}`)).body.status
  const waitForStatus = (id: unknown, status: string, who = anna) =>
    waitUntil(`the call is ${status}`, async () => (await statusOf(id, who)) === status)
  async function dial(json: object, who = anna) {
    const { status, body } = await post(who, '/calls/dial', json)
    expect({ status, body }).toMatchObject({ status: 201, body: { status: 'INITIATED' } })
    return body as { callId: number; callControlId: string } // the documented shape
  }
  /** Connects Anna with a lead. */
  async function connectLead() {
    const placed = await dial({ leadId: await createLead() })
    await accept(phone1)
    await waitForStatus(placed.callId, 'BRIDGED')
    return placed
  }
  async function connectSoftphone() {
    open.push(await openSoftphone(annaV1, phone1))
  }

  test('an agent calls a lead: the API shows INITIATED, BRIDGED and COMPLETED, and the lead gets the outcome', async () => {
    const leadId = await createLead()
    const { callId, callControlId } = await dial({ leadId })
    expect(callControlId).toMatch(/^hk_/)
    await waitUntil('her phone rings', () => phone1.state() === 'ringing')
    expect((await anna.request(`/calls/${callId}`)).body).toMatchObject({
      id: callId,
      callControlId,
      leadId,
      agentId: ids.anna,
      campaignId: null,
      direction: 'OUTBOUND',
      status: 'INITIATED',
      fromNumber: '1001',
      answeredAt: null,
      endedAt: null,
      durationSeconds: null,
      disposition: null,
      recordingUrl: null,
    })
    expect((await anna.request(`/leads/${leadId}`)).body).toMatchObject({ dialState: 'DIALLING' })
    await phone1.accept()
    await waitForStatus(callControlId, 'BRIDGED')
    expect((await post(anna, `/calls/${callId}/hangup`)).body).toMatchObject({
      status: 'COMPLETED',
      disposition: 'ANSWERED',
      answeredAt: expect.any(String),
      endedAt: expect.any(String),
      durationSeconds: expect.any(Number),
      talkSeconds: expect.any(Number),
    })
    await waitUntil('her phone is idle', () => phone1.state() === 'idle')
    await waitUntil('the lead has the outcome', async () => {
      const { dialState, lastOutcome } = (await anna.request(`/leads/${leadId}`)).body
      return dialState === 'IDLE' && lastOutcome === 'ANSWERED'
    })
    // An ended call accepts hangup again, and no other command.
    expect((await post(anna, `/calls/${callId}/hangup`)).status).toBe(200)
    expect((await post(anna, `/calls/${callId}/hold`)).body.message).toBe('this call is over')
  })

  test('an agent holds a lead, resumes the call and transfers the lead to another agent', async () => {
    await connectSoftphone()
    const { callId } = await connectLead()
    expect((await post(anna, `/calls/${callId}/hold`)).body).toMatchObject({ id: callId, status: 'BRIDGED' })
    const v1States = async () => (await annaV1.calls()).map(({ state }) => state)
    expect(await v1States()).toEqual(['held'])
    expect((await post(anna, `/calls/${callId}/unhold`)).status).toBe(200)
    expect(await v1States()).toEqual(['up'])
    const refused = await post(anna, `/calls/${callId}/transfer`, { targetNumber: '999' })
    expect(refused).toMatchObject({ status: 404, body: { message: 'Unknown number' } })
    const json = { callId: 'ignored', targetAgentId: ids.bert }
    expect((await post(anna, `/calls/${callId}/transfer`, json)).status).toBe(200)
    await waitUntil('her phone is idle', () => phone1.state() === 'idle')
    await accept(phone2)
    await waitForStatus(callId, 'BRIDGED', bert)
    expect((await anna.request(`/calls/${callId}`)).body).toMatchObject({
      agentId: ids.anna,
      status: 'BRIDGED',
    })
    // Anna can call the next lead; the first one stays connected with Bert.
    const next = await dial({ leadId: await createLead() })
    await accept(phone1)
    await waitForStatus(next.callId, 'BRIDGED')
    expect(await statusOf(callId)).toBe('BRIDGED')
    await phone2.hangup()
    await waitForStatus(callId, 'COMPLETED')
    expect(await statusOf(next.callId)).toBe('BRIDGED')
  })

  test('hold is 501 for a phone without a connected softphone', async () => {
    await waitUntil(
      'no softphone is connected',
      async () => (await annaV1.request('/capabilities')).body.softphone_listens === false,
    )
    const { callId } = await connectLead()
    expect((await post(anna, `/calls/${callId}/hold`)).status).toBe(501)
    expect(await statusOf(callId)).toBe('BRIDGED')
  })

  test('a supervisor commands a call of the team; for another team and for other agents it is 404', async () => {
    const { callId, callControlId } = await connectLead()
    for (const who of [tara, carl, bert]) {
      for (const id of [callId, callControlId]) {
        expect((await who.request(`/calls/${id}`)).status).toBe(404)
        expect((await post(who, `/calls/${id}/hangup`)).status).toBe(404)
        expect((await post(who, `/calls/${id}/transfer`, { targetNumber: '1003' })).status).toBe(404)
      }
      expect((await post(who, '/sip/hangup', { call_id: callId })).status).toBe(404)
    }
    expect(await statusOf(callId, sven)).toBe('BRIDGED')
    expect(phone1.state()).toBe('up')
    // A supervisor’s transfer acts for the agent’s phone, which leaves the call.
    expect((await post(sven, `/calls/${callId}/transfer`, { targetAgentId: ids.bert })).status).toBe(200)
    await waitUntil('Anna is out', () => phone1.state() === 'idle')
    await accept(phone2)
    await waitForStatus(callId, 'BRIDGED', sven)
    expect((await post(sven, `/calls/${callId}/hangup`)).body).toMatchObject({ status: 'COMPLETED' })
    await waitUntil('Bert is free', () => phone2.state() === 'idle')
  })

  test('of three concurrent requests to call one lead, one is 201 and the others are 409', async () => {
    const leadId = await createLead()
    const replies = await Promise.all([
      post(anna, '/calls/dial', { leadId }),
      post(sven, '/calls/dial', { leadId, agentId: ids.bert }),
      post(root, '/calls/dial', { leadId, agentId: ids.bert }),
    ])
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    await waitUntil('one phone rings', () => phones.some((phone) => phone.state() === 'ringing'))
    expect(phones.filter((phone) => phone.state() === 'ringing')).toHaveLength(1)
    expect((await annaV1.request('/calls')).body.calls).toHaveLength(phone1.state() === 'ringing' ? 1 : 0)
  })

  test('repeated requests with one Idempotency-Key make one call', async () => {
    const init = { json: { leadId: await createLead() }, headers: { 'Idempotency-Key': 'again-and-again' } }
    const first = await anna.request('/calls/dial', init)
    const again = await Promise.all([1, 2].map(() => anna.request('/calls/dial', init)))
    for (const reply of again) expect([reply.status, reply.body]).toEqual([201, first.body])
    await waitUntil('her phone rings', () => phone1.state() === 'ringing')
    expect(await annaV1.calls()).toHaveLength(1)
    const other = { ...init, json: { leadId: await createLead() } }
    expect((await anna.request('/calls/dial', other)).status).toBe(422)
  })

  test('if the agent’s own phone declines, the call is BUSY and the lead has no attempt', async () => {
    const leadId = await createLead()
    const { callId } = await dial({ leadId })
    await waitUntil('her phone rings', () => phone1.state() === 'ringing')
    await phone1.reject()
    await waitForStatus(callId, 'BUSY')
    await waitUntil(
      'the lead is free',
      async () => (await anna.request(`/leads/${leadId}`)).body.dialState === 'IDLE',
    )
    expect((await anna.request(`/leads/${leadId}`)).body).toMatchObject({ callAttempts: 0 })
  })

  test('an agent in a call cannot call another lead, and can immediately after a hang-up', async () => {
    const [one, another] = [await createLead(), await createLead()]
    const { callId } = await dial({ leadId: one })
    await accept(phone1)
    await waitForStatus(callId, 'BRIDGED')
    expect((await post(anna, '/calls/dial', { leadId: another })).status).toBe(409)
    await post(anna, `/calls/${callId}/hangup`)
    await dial({ leadId: another })
  })

  test('the SIP routes dial, count live calls and hang up', async () => {
    const { status, body } = await post(anna, '/sip/dial', { phone_number: '1002' })
    expect([status, body]).toEqual([
      200,
      { success: true, call_id: expect.stringMatching(/^hk_/), error: null },
    ])
    await accept(phone1)
    await accept(phone2)
    await waitForStatus(body.call_id, 'BRIDGED', bert)
    expect((await anna.request('/sip/status')).body).toEqual({
      status: 'registered',
      registered: true,
      trunk_host: null,
      caller_id: '1001',
      active_calls: 1,
    })
    expect((await tara.request('/sip/status')).body.active_calls).toBe(0)
    const over = await post(anna, '/sip/hangup', { call_id: body.call_id })
    expect([over.status, over.body]).toEqual([200, { success: true, error: null }])
    await waitUntil('both are free', () => phones.every((phone) => phone.state() === 'idle'))
  })

  test('an inbound call is found by its callControlId, and has an id from then on', async () => {
    const callers = await startCallers(telephony.asterisk, { from: 'trunk', to: '1001', seconds: 30 })
    await accept(phone1)
    let id: string | undefined
    await waitUntil('the call is visible', async () => {
      id = (await annaV1.calls())[0]?.id
      return id !== undefined
    })
    await waitForStatus(id, 'BRIDGED')
    const { body } = await anna.request(`/calls/${id}`)
    expect(body).toMatchObject({ direction: 'INBOUND', agentId: ids.anna, leadId: null, callControlId: id })
    expect((await sven.request(`/calls/${body.id}`)).body).toMatchObject({ callControlId: id })
    expect((await tara.request(`/calls/${body.id}`)).status).toBe(404)
    expect((await post(anna, `/calls/${body.id}/hangup`)).status).toBe(200)
    await waitForStatus(body.id, 'COMPLETED')
    await callers.stop()
  })

  test('a call to a ring group belongs to the agent who answers', async () => {
    const numbers = async ({ request }: CallCenterClient, agent: CallCenterUserName) => {
      const { body } = await request(`/stats/agent/${ids[agent]}?from=2020-01-01T00:00:00Z`)
      return [body.totalCalls, body.answeredCalls, body.missedCalls].map(Number)
    }
    const before = [await numbers(anna, 'anna'), await numbers(bert, 'bert')]
    const callers = await startCallers(telephony.asterisk, { from: 'trunk', to: '640', seconds: 30 })
    await waitUntil('both ring', () => phones.every((phone) => phone.state() === 'ringing'))
    await phone2.accept()
    let id = ''
    await waitUntil('they talk', async () => {
      const [call] = await annaV1.calls()
      id = call?.id ?? ''
      return call?.state === 'up'
    })
    await phone2.hangup()
    expect(await annaV1.history(id)).toMatchObject({
      outcome: 'answered',
      parties: [
        { extension: '1001', answered: false },
        { extension: '1002', answered: true },
      ],
    })
    expect((await sven.request(`/calls/${id}`)).body).toMatchObject({
      agentId: ids.bert,
      status: 'COMPLETED',
    })
    const after = [await numbers(anna, 'anna'), await numbers(bert, 'bert')]
    expect(after.map((of, n) => of.map((one, at) => one - (before[n]?.[at] ?? 0)))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
    ])
    await callers.stop()
  })

  test('a recording link works until the session ends', async () => {
    const { body } = await post(anna, '/calls/direct', { phoneNumber: '81002' })
    await accept(phone1)
    await accept(phone2)
    await waitForStatus(body.callId, 'BRIDGED')
    await sleep(500)
    await post(anna, `/calls/${body.callId}/hangup`)
    const bertSession = await loginCallCenterUser(telephony.stack, 'bert')
    let link: unknown
    await waitUntil('there is a recording', async () => {
      link = (await bertSession.request(`/calls/${body.callId}`)).body.recordingUrl
      return link !== null
    })
    const recordingStatus = async () => (await fetch(telephony.stack.url + link)).status
    expect(await recordingStatus()).toBe(200)
    await logout(telephony.stack, { access: bertSession.token, refresh: '' })
    await waitUntil('the link is dead', async () => (await recordingStatus()) === 401)
  })

  test('every surface and every transfer refuses a number on the do-not-call list', async () => {
    const db = await openDatabase(defaultDatabaseUrl(data))
    // Stored in the form from before the country was set; Carl’s extension is on the list, too.
    await createDoNotCall(db).add([['00493077777'], ['1003']], 'asked', 0)
    await db.close()
    const v1 = (path: string, number: string) => annaV1.request(path, { json: { number } })
    for (const number of [
      '+49 30 77777',
      '030 77777',
      '\u202a+49\u00a030\u00a077777\u202c',
      'tel:+493077777',
      '1003',
    ]) {
      expect(await v1('/calls', number)).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('do-not-call list') },
      })
      expect((await post(anna, '/calls/direct', { phoneNumber: number })).status).toBe(403)
      expect((await post(anna, '/sip/dial', { phone_number: number })).status).toBe(403)
    }
    expect(phones.map((phone) => phone.state())).toEqual(['idle', 'idle'])

    const { callId, callControlId } = await connectLead()
    for (const command of ['transfer', 'attended-transfer']) {
      expect((await v1(`/calls/${callControlId}/${command}`, '030 77777')).status).toBe(403)
    }
    expect((await post(anna, `/calls/${callId}/transfer`, { targetNumber: '1003' })).status).toBe(403)
    expect(await statusOf(callId)).toBe('BRIDGED')
    await post(anna, `/calls/${callId}/hangup`)
  })

  test('a lead is found by the start of its number, in any format', async () => {
    const leadId = await createLead()
    for (const part of [
      '03',
      '030555',
      '0049305',
      '493055',
      '+49305',
      '%2B49305',
      '(030) 55',
      '030/',
      '+49 (0',
    ]) {
      const { status, body } = await anna.request(`/leads?phone=${part}`)
      const found = body as unknown as { id: number }[] // a bare array
      expect([part, status, found.some(({ id }) => id === leadId)]).toEqual([part, 200, true])
    }
    expect((await anna.request('/leads?phone=040')).body).toEqual([])
    for (const query of ['createdFrom=2026-01-01T00:00:00+02:00', 'phone=+4930']) {
      expect((await sven.request(`/leads/export?${query}`)).status).toBe(200)
    }
  })

  test.each(['4930123456.0', '030 123456 / 0171 2345678', 'tel:+4930123456;ext=5', '++4930123456'])(
    'text that is not exactly one number is rejected for a lead and for a call: %j',
    async (phone) => {
      expect((await post(anna, '/leads', { name: 'Odd', phone })).status).toBe(400)
      expect((await post(anna, '/calls/direct', { phoneNumber: phone })).status).toBe(400)
      expect((await annaV1.request('/calls', { json: { number: phone } })).status).toBe(400)
    },
  )

  test('a past call is found by its number in any format, and by a time with an offset', async () => {
    const id = await annaV1.dial('+49 30 123456')
    await accept(phone1)
    await waitUntil('they talk', async () => (await annaV1.calls())[0]?.state === 'up')
    await phone1.hangup()
    await annaV1.history(id)
    const found = async (query: string) => {
      const { status, body } = await annaV1.request(`/calls/history?${query}`)
      expect([query, status]).toEqual([query, 200])
      return (body.calls as { id: string }[]).some((call) => call.id === id) // the documented shape
    }
    const numbers = [
      '%2B4930123456',
      '+4930123456',
      '004930123456',
      '030123456',
      '4930123456',
      '030 12',
      '+49 (0)30',
    ]
    for (const number of numbers) expect([number, await found(`number=${number}`)]).toEqual([number, true])
    expect(await found('number=+4940')).toBe(false)
    expect(await found('from=2026-01-01T00:00:00+02:00')).toBe(true)
    expect(await found('until=2026-01-01T00:00:00+02:00')).toBe(false)
    const csv = await fetch(
      `${telephony.stack.url}/api/v1/calls/history.csv?number=+4930123456&from=2026-01-01T00:00:00+02:00`,
      { headers: { Authorization: `Bearer ${anna.token}` } },
    )
    expect([csv.status, (await csv.text()).includes(id)]).toEqual([200, true])
  })

  test('live and daily figures agree with the call history', async () => {
    await bert.request(`/agents/${ids.bert}/status`, { method: 'PUT', json: { status: 'READY' } })
    const { callId } = await connectLead()
    const now = async (who: CallCenterClient) => (await who.request('/stats/realtime')).body
    expect(await now(sven)).toMatchObject({
      active_calls: 1,
      ready_agents: 1,
      pbx_online: true,
      agents: { in_call: 1, ready: 1 },
    })
    expect(await now(tara)).toMatchObject({ active_calls: 0, ready_agents: 0 })
    await post(anna, `/calls/${callId}/hangup`)
    await annaV1.history((await anna.request(`/calls/${callId}`)).body.callControlId as string)

    const { calls } = (await annaV1.request('/calls/history?limit=100')).body as {
      calls: { outcome: string; billable: number; parties: { extension: string; answered: boolean }[] }[]
    } // the documented shape
    const answered = calls.filter(
      ({ outcome, parties }) =>
        outcome === 'answered' && parties.some((one) => one.extension === '1001' && one.answered),
    )
    const talked = answered.reduce((all, { billable }) => all + billable, 0)
    expect((await anna.request(`/stats/agent/${ids.anna}?from=2020-01-01T00:00:00Z`)).body).toMatchObject({
      totalCalls: calls.length,
      answeredCalls: answered.length,
      missedCalls: 0,
      totalTalkTime: talked,
    })
    expect(calls.length).toBeGreaterThan(0)
  })
})

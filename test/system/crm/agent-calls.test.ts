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
const title = missing === undefined ? 'at the desk' : `at the desk (skipped: ${missing})`

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
  /** Anna at our own surface, which has her softphone and the history. */
  let annaElsewhere: V1Client
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
    annaElsewhere = await loginV1Client(stack, 'anna', CHEAP_PASSWORD)
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
    await waitUntil('nobody is in a call of a lead', async () => {
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
  /** Somebody out there, of Anna. */
  async function aLead(by = anna): Promise<number> {
    leads += 1
    const { status, body } = await by.request('/leads', {
      json: { name: `Lead ${leads}`, phone: `030 5550${leads}` },
    })
    expect(status).toBe(201)
    return Number(body.id)
  }
  const take = async (phone: Phone) => {
    await waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
    await phone.accept()
  }
  const post = async (who: CallCenterClient, path: string, json?: unknown) =>
    who.request(path, json === undefined ? { method: 'POST' } : { json })
  const statusOf = async (id: unknown, who = anna) => (await who.request(`/calls/${id}`)).body.status
  const becomes = (id: unknown, status: string, who = anna) =>
    waitUntil(`the call is ${status}`, async () => (await statusOf(id, who)) === status)
  async function dial(json: object, who = anna) {
    const { status, body } = await post(who, '/calls/dial', json)
    expect({ status, body }).toMatchObject({ status: 201, body: { status: 'INITIATED' } })
    return body as { callId: number; callControlId: string } // the documented shape
  }
  /** Anna talks with a lead. */
  async function talking() {
    const made = await dial({ leadId: await aLead() })
    await take(phone1)
    await becomes(made.callId, 'BRIDGED')
    return made
  }
  async function listens() {
    open.push(await openSoftphone(annaElsewhere, phone1))
  }

  test('Anna calls her lead: her phone, the lead’s, the talk and its end are told', async () => {
    const leadId = await aLead()
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
    await becomes(callControlId, 'BRIDGED')
    expect((await post(anna, `/calls/${callId}/hangup`)).body).toMatchObject({
      status: 'COMPLETED',
      disposition: 'ANSWERED',
      answeredAt: expect.any(String),
      endedAt: expect.any(String),
      durationSeconds: expect.any(Number),
      talkSeconds: expect.any(Number),
    })
    await waitUntil('her phone is idle', () => phone1.state() === 'idle')
    await waitUntil('the lead is told of it', async () => {
      const { dialState, lastOutcome } = (await anna.request(`/leads/${leadId}`)).body
      return dialState === 'IDLE' && lastOutcome === 'ANSWERED'
    })
    // What is over may be hung up again, and nothing else.
    expect((await post(anna, `/calls/${callId}/hangup`)).status).toBe(200)
    expect((await post(anna, `/calls/${callId}/hold`)).body.message).toBe('this call is over')
  })

  test('she holds the lead, takes them back and hands them to Bert', async () => {
    await listens()
    const { callId } = await talking()
    expect((await post(anna, `/calls/${callId}/hold`)).body).toMatchObject({ id: callId, status: 'BRIDGED' })
    const elsewhere = async () => (await annaElsewhere.calls()).map(({ state }) => state)
    expect(await elsewhere()).toEqual(['held'])
    expect((await post(anna, `/calls/${callId}/unhold`)).status).toBe(200)
    expect(await elsewhere()).toEqual(['up'])
    const refused = await post(anna, `/calls/${callId}/transfer`, { targetNumber: '999' })
    expect(refused).toMatchObject({ status: 404, body: { message: 'Unknown number' } })
    const json = { callId: 'ignored', targetAgentId: ids.bert }
    expect((await post(anna, `/calls/${callId}/transfer`, json)).status).toBe(200)
    await waitUntil('her phone is idle', () => phone1.state() === 'idle')
    await take(phone2)
    await becomes(callId, 'BRIDGED', bert)
    expect((await anna.request(`/calls/${callId}`)).body).toMatchObject({
      agentId: ids.anna,
      status: 'BRIDGED',
    })
    // She is free for the next lead, and the first is in nobody's hands but Bert's.
    const next = await dial({ leadId: await aLead() })
    await take(phone1)
    await becomes(next.callId, 'BRIDGED')
    expect(await statusOf(callId)).toBe('BRIDGED')
    await phone2.hangup()
    await becomes(callId, 'COMPLETED')
    expect(await statusOf(next.callId)).toBe('BRIDGED')
  })

  test('nobody holds for a phone whose softphone does not listen', async () => {
    await waitUntil(
      'nobody listens',
      async () => (await annaElsewhere.request('/capabilities')).body.softphone_listens === false,
    )
    const { callId } = await talking()
    expect((await post(anna, `/calls/${callId}/hold`)).status).toBe(501)
    expect(await statusOf(callId)).toBe('BRIDGED')
  })

  test('Sven commands the call of his team; for Tara, Carl and Bert there is none', async () => {
    const { callId, callControlId } = await talking()
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
    // He acts as her phone, which leaves.
    expect((await post(sven, `/calls/${callId}/transfer`, { targetAgentId: ids.bert })).status).toBe(200)
    await waitUntil('Anna is out', () => phone1.state() === 'idle')
    await take(phone2)
    await becomes(callId, 'BRIDGED', sven)
    expect((await post(sven, `/calls/${callId}/hangup`)).body).toMatchObject({ status: 'COMPLETED' })
    await waitUntil('Bert is free', () => phone2.state() === 'idle')
  })

  test('two who call one lead at once are one call and one 409', async () => {
    const leadId = await aLead()
    const replies = await Promise.all([
      post(anna, '/calls/dial', { leadId }),
      post(sven, '/calls/dial', { leadId, agentId: ids.bert }),
      post(root, '/calls/dial', { leadId, agentId: ids.bert }),
    ])
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    await waitUntil('one phone rings', () => phones.some((phone) => phone.state() === 'ringing'))
    expect(phones.filter((phone) => phone.state() === 'ringing')).toHaveLength(1)
    expect((await annaElsewhere.request('/calls')).body.calls).toHaveLength(
      phone1.state() === 'ringing' ? 1 : 0,
    )
  })

  test('with one Idempotency-Key it is one call, however often it is asked for', async () => {
    const init = { json: { leadId: await aLead() }, headers: { 'Idempotency-Key': 'again-and-again' } }
    const first = await anna.request('/calls/dial', init)
    const again = await Promise.all([1, 2].map(() => anna.request('/calls/dial', init)))
    for (const reply of again) expect([reply.status, reply.body]).toEqual([201, first.body])
    await waitUntil('her phone rings', () => phone1.state() === 'ringing')
    expect(await annaElsewhere.calls()).toHaveLength(1)
    const other = { ...init, json: { leadId: await aLead() } }
    expect((await anna.request('/calls/dial', other)).status).toBe(422)
  })

  test('her own phone declines: the lead was never called, and that is what is told', async () => {
    const leadId = await aLead()
    const { callId } = await dial({ leadId })
    await waitUntil('her phone rings', () => phone1.state() === 'ringing')
    await phone1.reject()
    await becomes(callId, 'BUSY')
    await waitUntil(
      'the lead is free',
      async () => (await anna.request(`/leads/${leadId}`)).body.dialState === 'IDLE',
    )
    expect((await anna.request(`/leads/${leadId}`)).body).toMatchObject({ callAttempts: 0 })
  })

  test('who hangs up and calls the next lead at once is not told that they are in a call', async () => {
    const [one, another] = [await aLead(), await aLead()]
    const { callId } = await dial({ leadId: one })
    await take(phone1)
    await becomes(callId, 'BRIDGED')
    expect((await post(anna, '/calls/dial', { leadId: another })).status).toBe(409)
    await post(anna, `/calls/${callId}/hangup`)
    await dial({ leadId: another })
  })

  test('the SIP routes dial, count and hang up', async () => {
    const { status, body } = await post(anna, '/sip/dial', { phone_number: '1002' })
    expect([status, body]).toEqual([
      200,
      { success: true, call_id: expect.stringMatching(/^hk_/), error: null },
    ])
    await take(phone1)
    await take(phone2)
    await becomes(body.call_id, 'BRIDGED', bert)
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

  test('a call from outside is found by its own id, and has a number from then on', async () => {
    const callers = await startCallers(telephony.asterisk, { from: 'trunk', to: '1001', seconds: 30 })
    await take(phone1)
    let id: string | undefined
    await waitUntil('it is seen', async () => {
      id = (await annaElsewhere.calls())[0]?.id
      return id !== undefined
    })
    await becomes(id, 'BRIDGED')
    const { body } = await anna.request(`/calls/${id}`)
    expect(body).toMatchObject({ direction: 'INBOUND', agentId: ids.anna, leadId: null, callControlId: id })
    expect((await sven.request(`/calls/${body.id}`)).body).toMatchObject({ callControlId: id })
    expect((await tara.request(`/calls/${body.id}`)).status).toBe(404)
    expect((await post(anna, `/calls/${body.id}/hangup`)).status).toBe(200)
    await becomes(body.id, 'COMPLETED')
    await callers.stop()
  })

  test('a call that rings a group is of whoever picks up', async () => {
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
      const [call] = await annaElsewhere.calls()
      id = call?.id ?? ''
      return call?.state === 'up'
    })
    await phone2.hangup()
    expect(await annaElsewhere.history(id)).toMatchObject({
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

  test('what was recorded can be heard by a link, until the session ends', async () => {
    const { body } = await post(anna, '/calls/direct', { phoneNumber: '81002' })
    await take(phone1)
    await take(phone2)
    await becomes(body.callId, 'BRIDGED')
    await sleep(500)
    await post(anna, `/calls/${body.callId}/hangup`)
    const guest = await loginCallCenterUser(telephony.stack, 'bert')
    let link: unknown
    await waitUntil('there is a recording', async () => {
      link = (await guest.request(`/calls/${body.callId}`)).body.recordingUrl
      return link !== null
    })
    const heard = async () => (await fetch(telephony.stack.url + link)).status
    expect(await heard()).toBe(200)
    await logout(telephony.stack, { access: guest.token, refresh: '' })
    await waitUntil('the link is dead', async () => (await heard()) === 401)
  })

  test('a number on the do-not-call list is reached by no surface, and by no transfer', async () => {
    const db = await openDatabase(defaultDatabaseUrl(data))
    // As it was stored before the country was set; Carl’s extension is on the list, too.
    await createDoNotCall(db).add([['00493077777'], ['1003']], 'asked', 0)
    await db.close()
    const v1 = (path: string, number: string) => annaElsewhere.request(path, { json: { number } })
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

    const { callId, callControlId } = await talking()
    for (const deed of ['transfer', 'attended-transfer']) {
      expect((await v1(`/calls/${callControlId}/${deed}`, '030 77777')).status).toBe(403)
    }
    expect((await post(anna, `/calls/${callId}/transfer`, { targetNumber: '1003' })).status).toBe(403)
    expect(await statusOf(callId)).toBe('BRIDGED')
    await post(anna, `/calls/${callId}/hangup`)
  })

  test('a lead is found by the beginning of its number as it is typed, in any spelling', async () => {
    const leadId = await aLead()
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
    'what is not one number is no lead’s, and is not dialled: %j',
    async (phone) => {
      expect((await post(anna, '/leads', { name: 'Odd', phone })).status).toBe(400)
      expect((await post(anna, '/calls/direct', { phoneNumber: phone })).status).toBe(400)
      expect((await annaElsewhere.request('/calls', { json: { number: phone } })).status).toBe(400)
    },
  )

  test('a past call is found by any spelling of its number, and from a moment with an offset', async () => {
    const id = await annaElsewhere.dial('+49 30 123456')
    await take(phone1)
    await waitUntil('they talk', async () => (await annaElsewhere.calls())[0]?.state === 'up')
    await phone1.hangup()
    await annaElsewhere.history(id)
    const found = async (query: string) => {
      const { status, body } = await annaElsewhere.request(`/calls/history?${query}`)
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

  test('numbers of now and of today add up with the history', async () => {
    await bert.request(`/agents/${ids.bert}/status`, { method: 'PUT', json: { status: 'READY' } })
    const { callId } = await talking()
    const now = async (who: CallCenterClient) => (await who.request('/stats/realtime')).body
    expect(await now(sven)).toMatchObject({
      active_calls: 1,
      ready_agents: 1,
      pbx_online: true,
      agents: { in_call: 1, ready: 1 },
    })
    expect(await now(tara)).toMatchObject({ active_calls: 0, ready_agents: 0 })
    await post(anna, `/calls/${callId}/hangup`)
    await annaElsewhere.history((await anna.request(`/calls/${callId}`)).body.callControlId as string)

    const { calls } = (await annaElsewhere.request('/calls/history?limit=100')).body as {
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

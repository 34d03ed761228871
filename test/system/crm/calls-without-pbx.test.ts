import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CallCenterClient,
  type CallCenterUserName,
  loginCallCenterUser,
  seedCallCenter,
} from '../../support/call-center.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

/** Answers of the call center about calls, the SIP state and statistics if no PBX is configured. */
describe('the call center without a PBX', () => {
  const data = mkdtempSync(join(tmpdir(), 'crm-'))
  let stack: Stack
  let ids: Record<CallCenterUserName, number>
  let anna: CallCenterClient
  let bert: CallCenterClient
  let sven: CallCenterClient
  let root: CallCenterClient
  let lead: number

  beforeAll(async () => {
    ids = await seedCallCenter(data)
    const policy = join(data, 'dial-policy.json')
    writeFileSync(policy, JSON.stringify({ country: 'DE' }))
    stack = await startStack({ data, demo: false, env: { HOOKSWITCH_DIAL_POLICY: policy } })
    ;[anna, bert, sven, root] = await Promise.all([
      loginCallCenterUser(stack, 'anna'),
      loginCallCenterUser(stack, 'bert'),
      loginCallCenterUser(stack, 'sven'),
      loginCallCenterUser(stack, 'root'),
    ])
    const { body } = await anna.request('/leads', { json: { name: 'Ada King', phone: '+493012345678' } })
    lead = Number(body.id)
  })
  afterAll(async () => {
    await stack?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const send = async (
    who: CallCenterClient,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const { status, body } = await who.request(
      path,
      json === undefined ? { method: 'POST' } : { json, headers },
    )
    return [status, body.message]
  }
  const unavailable = [503, 'Temporarily unavailable']

  describe('dialing a lead fails', () => {
    test.each<[string, () => CallCenterClient, () => object, unknown[]]>([
      ['while the PBX is unavailable', () => anna, () => ({ leadId: lead }), unavailable],
      [
        'if an agent dials for another agent',
        () => anna,
        () => ({ leadId: lead, agentId: ids.bert }),
        [403, 'Only supervisors dial for others'],
      ],
      [
        'if the lead is assigned to another agent',
        () => bert,
        () => ({ leadId: lead }),
        [404, 'Lead not found'],
      ],
      ['if the lead does not exist', () => anna, () => ({ leadId: 999_999 }), [404, 'Lead not found']],
      [
        'if the user has no extension',
        () => sven,
        () => ({ leadId: lead }),
        [409, 'this agent has no extension, so there is no phone to ring'],
      ],
      [
        'if a supervisor dials for an agent of another team',
        () => sven,
        () => ({ leadId: lead, agentId: ids.carl }),
        [404, 'Agent not found'],
      ],
      [
        'if a supervisor dials for an agent of the team, while the PBX is unavailable',
        () => sven,
        () => ({ leadId: lead, agentId: ids.anna }),
        unavailable,
      ],
      [
        'if an admin dials for any agent, while the PBX is unavailable',
        () => root,
        () => ({ leadId: lead, agentId: ids.carl }),
        unavailable,
      ],
    ])('%s', async (_, who, json, expected) => {
      expect(await send(who(), '/calls/dial', json())).toEqual(expected)
    })

    test.each([
      ['no leadId', {}],
      ['a text as leadId', { leadId: '1' }],
      ['a fraction as leadId', { leadId: 1.5 }],
      ['a leadId of 0', { leadId: 0 }],
      ['a text as agentId', { leadId: 1, agentId: 'anna' }],
      ['a list', []],
    ])('with 400 for a body with %s', async (_, json) => {
      expect((await send(anna, '/calls/dial', json))[0]).toBe(400)
    })

    test('and leaves the lead unchanged: no attempt, not in a call', async () => {
      await send(anna, '/calls/dial', { leadId: lead })
      expect((await anna.request(`/leads/${lead}`)).body).toMatchObject({
        dialState: 'IDLE',
        callAttempts: 0,
        lastCallAt: null,
        lastOutcome: null,
      })
    })
  })

  describe('dialing a number fails', () => {
    test.each<[string, object, unknown[]]>([
      ['while the PBX is unavailable', { phoneNumber: '1002' }, unavailable],
      ['if it is not a number', { phoneNumber: 'ring me' }, [400, expect.any(String)]],
      ['if it holds a line break', { phoneNumber: '1002\r\nAction: Logoff' }, [400, expect.any(String)]],
      ['if it is empty', { phoneNumber: '' }, [400, expect.any(String)]],
      ['if it is too long', { phoneNumber: '1'.repeat(65) }, [400, expect.any(String)]],
      ['if it is a JSON number', { phoneNumber: 1002 }, [400, expect.any(String)]],
      ['if it is not a number, on the SIP route', { phone_number: 'ring me' }, [400, expect.any(String)]],
    ])('%s', async (_, json, expected) => {
      expect(await send(anna, 'phone_number' in json ? '/sip/dial' : '/calls/direct', json)).toEqual(expected)
    })

    test('if the Idempotency-Key is invalid', async () => {
      const headers = { 'Idempotency-Key': 'a b' }
      expect((await send(anna, '/calls/direct', { phoneNumber: '1002' }, headers))[0]).toBe(400)
    })

    test('if it is on the do-not-call list, by lead or by number', async () => {
      const { body } = await anna.request('/leads', { json: { name: 'Do Not', phone: '+493087654321' } })
      await anna.request(`/leads/${body.id}/status`, { method: 'PUT', json: { status: 'DO_NOT_CALL' } })
      const onDoNotCallList = [403, 'this number is on the do-not-call list']
      expect(await send(anna, '/calls/dial', { leadId: body.id })).toEqual(onDoNotCallList)
      expect(await send(anna, '/calls/direct', { phoneNumber: '+49 30 87654321' })).toEqual(onDoNotCallList)
      expect(await send(bert, '/sip/dial', { phone_number: '+493087654321' })).toEqual(onDoNotCallList)
    })
  })

  describe('a call that does not exist', () => {
    test.each(['hangup', 'hold', 'unhold'])('is 404 for the command %s', async (command) => {
      for (const id of ['1', 'hk_nothing', '1750000000.7', 'a%20b', 'x'.repeat(150)]) {
        expect([id, ...(await send(root, `/calls/${id}/${command}`))]).toEqual([id, 404, 'Call not found'])
      }
    })

    test('is 404 for reading, transfer and the hang-up of the SIP route', async () => {
      expect((await root.request('/calls/17')).status).toBe(404)
      expect(await send(root, '/calls/17/transfer', { targetNumber: '1003' })).toEqual([
        404,
        'Call not found',
      ])
      expect(await send(root, '/sip/hangup', { call_id: 17 })).toEqual([404, 'Call not found'])
      expect(await send(root, '/sip/hangup', { call_id: 'hk_17' })).toEqual([404, 'Call not found'])
    })

    test.each([
      ['no target', {}],
      ['two targets', { targetAgentId: 1, targetNumber: '1003' }],
      ['a text as agent id', { targetAgentId: 'bert' }],
    ])('is 400 for a transfer with %s', async (_, json) => {
      expect((await send(root, '/calls/17/transfer', { callId: 17, ...json }))[0]).toBe(400)
    })
  })

  describe('the SIP status', () => {
    test('is not_configured', async () => {
      expect((await anna.request('/sip/status')).body).toEqual({
        status: 'not_configured',
        registered: false,
        trunk_host: null,
        caller_id: '1001',
        active_calls: 0,
      })
      expect((await sven.request('/sip/status')).body).toMatchObject({ caller_id: null })
    })
  })

  describe('statistics', () => {
    test('of now are the same on both routes, within the scope of the user', async () => {
      await anna.request(`/agents/${ids.anna}/status`, { method: 'PUT', json: { status: 'READY' } })
      const { since, ...own } = (await anna.request('/stats/realtime')).body
      expect(own).toEqual({
        active_calls: 0,
        ready_agents: 0,
        calls_today: 0,
        avg_handle_time: 0,
        answered_today: 0,
        agents: { offline: 0, ready: 1, after_call: 0, break: 0, in_call: 0 },
        campaigns: [],
        pbx_online: false,
      })
      expect((await anna.request('/statistics/realtime')).body).toEqual({ since, ...own })
      expect((await sven.request('/stats/realtime')).body.agents).toMatchObject({ ready: 1, offline: 2 })
      expect((await root.request('/stats/realtime')).body.agents).toMatchObject({ ready: 1, offline: 5 })
    })

    test('begin at midnight of the requested time zone', async () => {
      for (const [zone, hour] of [
        ['UTC', 'T00:00:00.000Z'],
        ['Asia/Kolkata', 'T18:30:00.000Z'],
      ]) {
        const { body } = await anna.request(`/stats/realtime?timeZone=${zone}`)
        expect(String(body.since).slice(10)).toBe(hour)
      }
      expect((await anna.request('/stats/realtime?timeZone=Mars/Olympus')).status).toBe(400)
    })

    test('of an agent accept another time range', async () => {
      const path = `/stats/agent/${ids.anna}?from=2026-01-01T00:00:00Z&until=2026-01-31T01:00:00%2B01:00`
      expect((await anna.request(path)).body).toEqual({
        agentId: ids.anna,
        totalCalls: 0,
        answeredCalls: 0,
        missedCalls: 0,
        totalTalkTime: 0,
        averageHandleTime: 0,
        from: '2026-01-01T00:00:00.000Z',
        until: '2026-01-31T00:00:00.000Z',
      })
      expect((await anna.request(`/stats/agent/${ids.anna}?from=yesterday`)).status).toBe(400)
    })

    test.each<[CallCenterUserName, CallCenterUserName, number]>([
      ['anna', 'anna', 200],
      ['anna', 'bert', 404],
      ['sven', 'bert', 200],
      ['sven', 'carl', 404],
      ['root', 'carl', 200],
    ])('of an agent: %s reads those of %s with status %d', async (who, agentName, status) => {
      const client = { anna, sven, root }[who as 'anna' | 'sven' | 'root'] // no other is named above
      expect((await client.request(`/stats/agent/${ids[agentName]}`)).status).toBe(status)
    })
  })

  test('each of these routes is 401 without a token', async () => {
    for (const [method, path] of [
      ['POST', 'calls/dial'],
      ['POST', 'calls/direct'],
      ['POST', 'calls/1/hangup'],
      ['POST', 'calls/1/transfer'],
      ['POST', 'calls/1/hold'],
      ['POST', 'calls/1/unhold'],
      ['GET', 'calls/1'],
      ['GET', 'sip/status'],
      ['POST', 'sip/dial'],
      ['POST', 'sip/hangup'],
      ['GET', 'stats/realtime'],
      ['GET', 'statistics/realtime'],
      ['GET', 'stats/agent/1'],
    ] as const) {
      const { status, body } = await requestJson(`${stack.url}/api/${path}`, { method })
      expect([path, status, body]).toEqual([path, 401, { message: 'Missing authorization header' }])
    }
  })
})

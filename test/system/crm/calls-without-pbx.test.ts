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

/** What the call centre says of calls, the SIP line and numbers where no PBX is set. */
describe('without a PBX', () => {
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

  const said = async (
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
  const away = [503, 'Temporarily unavailable']

  describe('a lead is not dialled', () => {
    test.each<[string, () => CallCenterClient, () => object, unknown[]]>([
      ['while the PBX is away', () => anna, () => ({ leadId: lead }), away],
      [
        'for a colleague, by an agent',
        () => anna,
        () => ({ leadId: lead, agentId: ids.bert }),
        [403, 'Only supervisors dial for others'],
      ],
      ['that is a colleague’s', () => bert, () => ({ leadId: lead }), [404, 'Lead not found']],
      ['that there is not', () => anna, () => ({ leadId: 999_999 }), [404, 'Lead not found']],
      [
        'by somebody without a phone',
        () => sven,
        () => ({ leadId: lead }),
        [409, 'this agent has no extension, so there is no phone to ring'],
      ],
      [
        'for an agent of another team',
        () => sven,
        () => ({ leadId: lead, agentId: ids.carl }),
        [404, 'Agent not found'],
      ],
      [
        'for one of the team, while the PBX is away',
        () => sven,
        () => ({ leadId: lead, agentId: ids.anna }),
        away,
      ],
      [
        'for anybody, by an admin, while the PBX is away',
        () => root,
        () => ({ leadId: lead, agentId: ids.carl }),
        away,
      ],
    ])('%s', async (_, who, json, expected) => {
      expect(await said(who(), '/calls/dial', json())).toEqual(expected)
    })

    test.each([
      ['no lead', {}],
      ['text for an id', { leadId: '1' }],
      ['a broken id', { leadId: 1.5 }],
      ['an id that no lead has', { leadId: 0 }],
      ['an agent that is text', { leadId: 1, agentId: 'anna' }],
      ['a list', []],
    ])('by a body with %s', async (_, json) => {
      expect((await said(anna, '/calls/dial', json))[0]).toBe(400)
    })

    test('and is as it was: no attempt, in nobody’s hands', async () => {
      await said(anna, '/calls/dial', { leadId: lead })
      expect((await anna.request(`/leads/${lead}`)).body).toMatchObject({
        dialState: 'IDLE',
        callAttempts: 0,
        lastCallAt: null,
        lastOutcome: null,
      })
    })
  })

  describe('a number is not dialled', () => {
    test.each<[string, object, unknown[]]>([
      ['while the PBX is away', { phoneNumber: '1002' }, away],
      ['that is none', { phoneNumber: 'ring me' }, [400, expect.any(String)]],
      ['that breaks a line', { phoneNumber: '1002\r\nAction: Logoff' }, [400, expect.any(String)]],
      ['that is empty', { phoneNumber: '' }, [400, expect.any(String)]],
      ['that is too long', { phoneNumber: '1'.repeat(65) }, [400, expect.any(String)]],
      ['that is a number', { phoneNumber: 1002 }, [400, expect.any(String)]],
      ['that is none, by the SIP route', { phone_number: 'ring me' }, [400, expect.any(String)]],
    ])('%s', async (_, json, expected) => {
      expect(await said(anna, 'phone_number' in json ? '/sip/dial' : '/calls/direct', json)).toEqual(expected)
    })

    test('with a key that is none', async () => {
      const headers = { 'Idempotency-Key': 'a b' }
      expect((await said(anna, '/calls/direct', { phoneNumber: '1002' }, headers))[0]).toBe(400)
    })

    test('of a lead that must not be called, nor of one that is such a lead’s', async () => {
      const { body } = await anna.request('/leads', { json: { name: 'Do Not', phone: '+493087654321' } })
      await anna.request(`/leads/${body.id}/status`, { method: 'PUT', json: { status: 'DO_NOT_CALL' } })
      const barred = [403, 'this number is on the do-not-call list']
      expect(await said(anna, '/calls/dial', { leadId: body.id })).toEqual(barred)
      expect(await said(anna, '/calls/direct', { phoneNumber: '+49 30 87654321' })).toEqual(barred)
      expect(await said(bert, '/sip/dial', { phone_number: '+493087654321' })).toEqual(barred)
    })
  })

  describe('a call that there is not', () => {
    test.each(['hangup', 'hold', 'unhold'])('cannot be asked to %s', async (command) => {
      for (const id of ['1', 'hk_nothing', '1750000000.7', 'a%20b', 'x'.repeat(150)]) {
        expect([id, ...(await said(root, `/calls/${id}/${command}`))]).toEqual([id, 404, 'Call not found'])
      }
    })

    test('is not shown, handed on or hung up by the SIP route', async () => {
      expect((await root.request('/calls/17')).status).toBe(404)
      expect(await said(root, '/calls/17/transfer', { targetNumber: '1003' })).toEqual([
        404,
        'Call not found',
      ])
      expect(await said(root, '/sip/hangup', { call_id: 17 })).toEqual([404, 'Call not found'])
      expect(await said(root, '/sip/hangup', { call_id: 'hk_17' })).toEqual([404, 'Call not found'])
    })

    test.each([
      ['to nobody', {}],
      ['to two', { targetAgentId: 1, targetNumber: '1003' }],
      ['to text', { targetAgentId: 'bert' }],
    ])('is not handed %s', async (_, json) => {
      expect((await said(root, '/calls/17/transfer', { callId: 17, ...json }))[0]).toBe(400)
    })
  })

  describe('the SIP line', () => {
    test('is not configured', async () => {
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
    test('of now are the same by both routes, and each sees their own people', async () => {
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

    test('begin at midnight where they are asked for', async () => {
      for (const [zone, hour] of [
        ['UTC', 'T00:00:00.000Z'],
        ['Asia/Kolkata', 'T18:30:00.000Z'],
      ]) {
        const { body } = await anna.request(`/stats/realtime?timeZone=${zone}`)
        expect(String(body.since).slice(10)).toBe(hour)
      }
      expect((await anna.request('/stats/realtime?timeZone=Mars/Olympus')).status).toBe(400)
    })

    test('of an agent take another time', async () => {
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
    ])('%s asks for those of %s: %d', async (who, whose, status) => {
      const asker = { anna, sven, root }[who as 'anna' | 'sven' | 'root'] // no other is named above
      expect((await asker.request(`/stats/agent/${ids[whose]}`)).status).toBe(status)
    })
  })

  test('nobody without a token gets a word of it', async () => {
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

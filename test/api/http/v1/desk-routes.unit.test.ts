import type { OpenAPIHono } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import type { DeskState } from '../../../../api/core/call-center/desk/desk.ts'
import { DEFAULT_DISPOSITIONS } from '../../../../api/core/call-center/desk/disposition.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard, type Guarded } from '../../../../api/http/guard.ts'
import { createV1Routes } from '../../../../api/http/v1/routes.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { newAgent } from '../../../support/fixtures/agents.ts'
import { lead } from '../../core/call-center/calls/fixtures/actors.ts'
import { createFreshVerifier } from './fresh-verifier.ts'
import { unusedNeeds } from './unused-needs.ts'

const nowS = 1_750_100_000
const key = newKey('HS256', 'hs256-a')
const callback = { at: nowS, timeZone: 'Europe/Berlin', agentId: '1', isOwn: true, attemptsBefore: 0 }
const listed = { lead, callback, agentName: 'Anna', campaignName: 'Spring', callsAt: nowS }
const call = { id: 'hk_1', state: 'ended', direction: 'outbound', phone: '030 1' } as const
const state: DeskState = {
  agent: newAgent({ status: 'break', breakReason: 'lunch', statusAt: nowS }),
  availableFrom: nowS + 5,
  call: { ...call, startedAt: nowS, answeredAt: nowS, endedAt: null },
  lead: { lead, timeZone: 'Europe/Berlin', callback: listed, notes: [], lastCalls: [] },
  campaign: {
    ...{ id: '1', name: 'Spring', script: 'Hello', hasDefaultDispositions: true },
    dispositions: DEFAULT_DISPOSITIONS,
  },
  wrapUp: { until: null, callId: 'hk_1', leadId: '9' },
  note: { text: 'wants', revision: 3 },
  callbacks: [listed],
}

function createFixture(refusal?: Refusal) {
  const asked: unknown[] = []
  const answer =
    <T>(what: string, value: T) =>
    async (...args: readonly unknown[]) => {
      asked.push([what, ...args.slice(1)])
      if (refusal !== undefined) throw refusal
      return value
    }
  const guard = createGuard(createFreshVerifier(key, nowS))
  const text = { body: 'Hello', version: 4, isDefault: false }
  const app: OpenAPIHono<Guarded> = createV1Routes({
    // These tests use no other routes.
    ...unusedNeeds(guard),
    guard,
    log: createLog('test', 'silent'),
    callCenter: {
      ...unusedNeeds(guard).callCenter,
      desk: {
        resolveActor: async () => ({
          userId: '7',
          role: 'user',
          agent: newAgent(),
          scope: { sees: 'own', agentId: '1' },
        }),
        desk: {
          find: answer('find', state),
          setStatus: answer('status', state),
          saveNote: answer('note', 4),
          saveResult: answer('result', state),
        },
        texts: {
          find: answer('find text', text as never), // a script is asked for alone
          set: answer('set text', text as never),
        },
        callbacks: {
          set: answer('set', listed),
          remove: answer('remove', undefined),
          list: answer('list', { callbacks: [listed], total: 3 }),
        },
      },
    },
  })
  const ask = async (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) => {
    const res = await app.request(path, {
      method,
      headers: {
        Authorization: `Bearer ${mint(key, nowS, { claims: { sub: '7', role: 'user' } })}`,
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const body = res.status === 204 ? undefined : await res.json()
    return { status: res.status, body, etag: res.headers.get('etag') }
  }
  return { ask, asked }
}

const note = { call_id: 'hk_1', lead_id: '9', text: 'x', revision: 0 }
const result = { call_id: 'hk_1', lead_id: '9', disposition: '1' }
const disposition = { key: '1', name: 'x', effect: 'done' }

test('the desk is shown with the words of the wire', async () => {
  const { body } = await createFixture().ask('GET', '/desk')
  expect(body).toMatchObject({
    agent: { id: '1', status: 'break', break_reason: 'lunch', available_from: '2025-06-16T18:53:25.000Z' },
    call: {
      id: 'hk_1',
      state: 'ended',
      direction: 'outbound',
      answered_at: '2025-06-16T18:53:20.000Z',
      ended_at: null,
    },
    lead: { id: '9', name: 'L N', status: 'new', time_zone: 'Europe/Berlin', last_calls: [] },
    campaign: { script: 'Hello', has_default_dispositions: true },
    wrap_up: { until: null, call_id: 'hk_1', lead_id: '9' },
    notes: { text: 'wants', revision: 3 },
    callbacks: [{ own: true, local_at: '2025-06-16T20:53', time_zone: 'Europe/Berlin', lead: { id: '9' } }],
  })
})

describe.each([
  ['PUT', '/desk/status', { status: 'break', reason: ' lunch ' }, ['status', 'break', 'lunch']],
  ['PUT', '/desk/status', { status: 'ready' }, ['status', 'ready', null]],
  ['PUT', '/desk/notes', note, ['note', { callId: 'hk_1', leadId: '9', text: 'x', revision: 0 }]],
  [
    'POST',
    '/desk/results',
    { ...result, callback: { at: '2026-12-01T10:00', time_zone: 'Europe/Berlin' }, next: 'break' },
    [
      'result',
      {
        ...{ callId: 'hk_1', leadId: '9', disposition: '1', next: 'break', note: undefined },
        callback: { at: '2026-12-01T10:00', timeZone: 'Europe/Berlin', isOwn: false },
      },
    ],
  ],
  ['PUT', '/campaigns/1/script', { text: 'Hello' }, ['set text', '1', 'script', 'Hello', undefined]],
  [
    'PUT',
    '/campaigns/1/dispositions',
    { dispositions: [disposition] },
    ['set text', '1', 'dispositions', [{ ...disposition, leadStatus: null }], undefined],
  ],
  [
    'PUT',
    '/leads/9/callback',
    { at: '2026-12-01T10:00', own: true },
    ['set', '9', { at: '2026-12-01T10:00', timeZone: undefined, isOwn: true }],
  ],
  ['DELETE', '/leads/9/callback', undefined, ['remove', '9']],
  [
    'GET',
    '/callbacks?agent_id=5&limit=1',
    undefined,
    ['list', { agentId: '5' }, { after: undefined, limit: 1 }],
  ],
])('%s %s', (method, path, json, expected) => {
  test('asks the core', async () => {
    const { ask, asked } = createFixture()
    // The stored dispositions have the shape of a script here.
    if (!path.endsWith('dispositions')) expect([200, 204]).toContain((await ask(method, path, json)).status)
    else await ask(method, path, json)
    expect(asked).toEqual([expected])
  })

  test.each([
    ['not_found', 404],
    ['conflict', 409],
    ['stale', 412],
    ['forbidden', 403],
  ] as const)('words the refusal %s', async (code, status) => {
    const { body } = await createFixture(new Refusal(code)).ask(method, path, json)
    expect(body).toMatchObject({ status, code })
  })
})

test.each([
  ['PUT', '/desk/status', { status: 'on_call' }],
  ['PUT', '/desk/status', { status: 'ready', reason: 'lunch' }],
  ['PUT', '/desk/status', { status: 'break', reason: 'two\nlines' }],
  ['PUT', '/desk/notes', { ...note, revision: -1 }],
  ['PUT', '/desk/notes', { ...note, text: 'x'.repeat(10_001) }],
  ['POST', '/desk/results', { ...result, disposition: '0' }],
  ['POST', '/desk/results', { ...result, callback: { at: '2026-02-30T10:00' } }],
  ['POST', '/desk/results', { ...result, callback: { at: '2026-12-01T10:00Z' } }],
  ['POST', '/desk/results', { ...result, callback: { at: '2026-12-01T10:00', time_zone: 'BST' } }],
  ['POST', '/desk/results', { ...result, next: 'offline' }],
  ['PUT', '/campaigns/x/script', { text: '' }],
  ['PUT', '/campaigns/1/dispositions', { dispositions: [] }],
  ['PUT', '/campaigns/1/dispositions', { dispositions: [{ ...disposition, effect: 'sell' }] }],
  ['GET', '/callbacks?cursor=abc', undefined],
])('%s %s refuses %j', async (method, path, json) => {
  const { ask, asked } = createFixture()
  expect(await ask(method, path, json)).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
  expect(asked).toEqual([])
})

test('a page of callbacks names the next one', async () => {
  const { ask, asked } = createFixture()
  const { body } = await ask('GET', '/callbacks?limit=1')
  const { next_cursor: cursor, total } = body as { next_cursor: string; total: number } // checked below
  expect(total).toBe(3)
  await ask('GET', `/callbacks?limit=1&cursor=${cursor}`)
  expect(asked.at(-1)).toEqual([
    'list',
    { agentId: undefined },
    { after: { at: nowS, leadId: '9' }, limit: 1 },
  ])
})

test('a script has an ETag, and is changed by the version that was read', async () => {
  const { ask, asked } = createFixture()
  expect((await ask('GET', '/campaigns/1/script')).etag).toBe('"4"')
  await ask('PUT', '/campaigns/1/script', { text: 'x' }, { 'If-Match': '"4"' })
  expect(asked.at(-1)).toEqual(['set text', '1', 'script', 'x', 4])
})

test('without a token each of them is closed', async () => {
  const { ask, asked } = createFixture()
  for (const [method, path] of [
    ['GET', '/desk'],
    ['PUT', '/desk/status'],
    ['PUT', '/desk/notes'],
    ['POST', '/desk/results'],
    ['GET', '/campaigns/1/script'],
    ['PUT', '/campaigns/1/script'],
    ['GET', '/campaigns/1/dispositions'],
    ['PUT', '/campaigns/1/dispositions'],
    ['GET', '/callbacks'],
    ['PUT', '/leads/9/callback'],
    ['DELETE', '/leads/9/callback'],
  ] as const)
    expect((await ask(method, path, undefined, { Authorization: '' })).status).toBe(401)
  expect(asked).toEqual([])
})

import { beforeEach, describe, expect, test } from 'vitest'
import type { SecurityEvent } from '../../../../../api/core/auth/security-log.ts'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import {
  createWallboards,
  type Wallboard,
  type WallboardStore,
} from '../../../../../api/core/call-center/board/wallboards.ts'

const NOW = 1_750_000_000
const ADDRESS = '192.0.2.7'
const actor = (role: CallCenterActor['role'], team: string | null) =>
  ({ userId: '7', role, agent: { id: '1', team }, scope: { sees: 'all' } }) as CallCenterActor // what it reads
const ADMIN = actor('admin', null)
const SVEN = actor('supervisor', 'sales')
const HALL = { name: 'Hall', team: 'sales', hidesNames: false, expiresAt: null }

let rows: (Wallboard & { tokenHash: string })[]
let events: SecurityEvent[]
let consumed: string[]
beforeEach(() => {
  rows = []
  events = []
  consumed = []
})

const store: WallboardStore = {
  async add(wallboard, max) {
    if (rows.length >= max) return undefined
    rows.push({ id: String(rows.length + 1), ...wallboard })
    return rows.at(-1)
  },
  list: async (team) => rows.filter((row) => team === undefined || row.team === team),
  count: async () => rows.length,
  async remove(id, team) {
    const row = rows.find((one) => one.id === id && (team === undefined || one.team === team))
    rows = rows.filter((one) => one !== row)
    return row
  },
  async findLive(tokenHash) {
    const row = rows.find((one) => one.tokenHash === tokenHash)
    return row && { wallboard: row, tokenHash }
  },
}
const wallboards = createWallboards({
  store,
  securityLog: { write: (event) => void events.push(event) },
  perLink: { consume: async (key) => void consumed.push(`link ${key}`) },
  perRefusal: { consume: async (address) => void consumed.push(`refused ${address}`) },
  now: () => NOW * 1000,
})

describe('a link', () => {
  test('is opened by its token, which is nowhere stored or logged', async () => {
    const { token, wallboard } = await wallboards.create(SVEN, HALL, ADDRESS)
    expect(token).toMatch(/^wbd_[\w-]{32}$/)
    expect(await wallboards.open(token, ADDRESS)).toMatchObject({ id: wallboard.id, team: 'sales' })
    expect(JSON.stringify([rows, events, consumed])).not.toContain(token.slice(4))
    expect(consumed).toEqual([`link ${rows[0]?.tokenHash}`])
  })

  test('is refused after it was revoked; both are in the security log', async () => {
    const { token, wallboard } = await wallboards.create(SVEN, HALL, ADDRESS)
    await wallboards.revoke(SVEN, wallboard.id, ADDRESS)
    await expect(wallboards.open(token, ADDRESS)).rejects.toMatchObject({ code: 'token_invalid' })
    expect(consumed).toEqual([`refused ${ADDRESS}`])
    const about = { target: 'Hall', actorId: '7', address: ADDRESS }
    expect(events).toMatchObject([
      { event: 'wallboard_created', ...about, changes: 'id=1 team=sales names=shown expires=never' },
      { event: 'wallboard_revoked', ...about },
    ])
  })

  test.each(['', 'wbd_', `wbd_${'a'.repeat(31)}`, `wbd_${'a'.repeat(33)}`, `inv_${'a'.repeat(32)}`, 'x.y.z'])(
    'is not opened by %j',
    async (token) => {
      await expect(wallboards.open(token, ADDRESS)).rejects.toMatchObject({ code: 'token_invalid' })
    },
  )
})

describe('whom links are for', () => {
  test.each<[string, CallCenterActor, string | null]>([
    ['a supervisor for another team', SVEN, 'support'],
    ['a supervisor for all teams', SVEN, null],
    ['a supervisor of no team', actor('supervisor', null), null],
    ['an agent', actor('user', 'sales'), 'sales'],
  ])('%s makes none', async (_, by, team) => {
    await expect(wallboards.create(by, { ...HALL, team }, ADDRESS)).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect([rows, events]).toEqual([[], []])
  })

  test('a supervisor neither sees nor revokes those of other teams; an admin has all', async () => {
    await wallboards.create(ADMIN, { ...HALL, team: 'support' }, ADDRESS)
    await wallboards.create(ADMIN, { ...HALL, team: null }, ADDRESS)
    expect((await wallboards.list(SVEN, { limit: 9 })).wallboards).toEqual([])
    for (const id of ['1', '2']) {
      await expect(wallboards.revoke(SVEN, id, ADDRESS)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect((await wallboards.list(ADMIN, { limit: 9 })).wallboards).toHaveLength(2)
    await wallboards.revoke(ADMIN, '1', ADDRESS)
    expect(rows).toHaveLength(1)
  })
})

test('a link that has expired already is refused, and so is one too many', async () => {
  await expect(wallboards.create(ADMIN, { ...HALL, expiresAt: NOW }, ADDRESS)).rejects.toMatchObject({
    code: 'input_invalid',
  })
  for (let n = 0; n < 100; n += 1) await wallboards.create(ADMIN, HALL, ADDRESS)
  await expect(wallboards.create(ADMIN, HALL, ADDRESS)).rejects.toMatchObject({ code: 'conflict' })
})

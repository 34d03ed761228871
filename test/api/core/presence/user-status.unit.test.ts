import { describe, expect, it } from 'vitest'
import { createUserStatuses } from '../../../../api/core/presence/user-status.ts'
import type { UserStatus } from '../../../../api/core/presence/user-status-store.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const owner = { userId: '2', claims: { extension: '1001' } }

function createFixture({ storeAvailable = true } = {}) {
  const rows = new Map<string, { status: UserStatus; at: number }>()
  const broadcasts: unknown[] = []
  const errors: unknown[] = []
  let changes = 0
  const statuses = createUserStatuses({
    store: {
      async set(userId, status, at) {
        if (!storeAvailable) throw new Refusal('unavailable')
        rows.set(userId, { status, at })
      },
      all: async () => new Map(rows),
    },
    userMessages: { broadcast: async (message) => void broadcasts.push(message) },
    now: () => 1_700_000_000_999,
    onError: (err) => errors.push(err),
  })
  statuses.onChange(() => {
    changes += 1
  })
  return { statuses, rows, broadcasts, errors, changes: () => changes }
}

describe('the status of a user', () => {
  it('is available until one was set', () => {
    expect(createFixture().statuses.statusOf('2')).toBe('available')
  })

  it('is stored with whole seconds, cached and broadcast when it is set', async () => {
    const { statuses, rows, broadcasts, changes } = createFixture()
    await statuses.set(owner, 'dnd')
    expect(rows.get('2')).toEqual({ status: 'dnd', at: 1_700_000_000 })
    expect(statuses.statusOf('2')).toBe('dnd')
    expect(broadcasts).toEqual([{ type: 'user_status', user: { id: '2', extension: '1001', status: 'dnd' } }])
    expect(changes()).toBe(1)
  })

  it('is broadcast with a null extension for a user without a phone', async () => {
    const { statuses, broadcasts } = createFixture()
    await statuses.set({ userId: '9', claims: {} }, 'away')
    expect(broadcasts).toEqual([{ type: 'user_status', user: { id: '9', extension: null, status: 'away' } }])
  })

  it('is neither cached nor broadcast if it cannot be stored', async () => {
    const { statuses, broadcasts } = createFixture({ storeAvailable: false })
    await expect(statuses.set(owner, 'dnd')).rejects.toMatchObject({ code: 'unavailable' })
    expect(statuses.statusOf('2')).toBe('available')
    expect(broadcasts).toEqual([])
  })

  it('that another API has stored is read by refresh, which reports only changes', async () => {
    const { statuses, rows, changes } = createFixture()
    rows.set('3', { status: 'away', at: 1 })
    await statuses.refresh()
    rows.set('3', { status: 'away', at: 2 })
    await statuses.refresh()
    expect(statuses.statusOf('3')).toBe('away')
    expect(changes()).toBe(1)
    rows.delete('3')
    await statuses.refresh()
    expect(statuses.statusOf('3')).toBe('available')
    expect(changes()).toBe(2)
  })

  it('is broadcast although a listener throws', async () => {
    const { statuses, broadcasts, errors } = createFixture()
    statuses.onChange(() => {
      throw new Error('odd')
    })
    await statuses.set(owner, 'away')
    expect(broadcasts).toHaveLength(1)
    expect(errors).toHaveLength(1)
  })
})

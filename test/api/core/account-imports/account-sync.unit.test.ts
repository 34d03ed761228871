import { describe, expect, test } from 'vitest'
import type { AccountImports } from '../../../../api/core/account-imports/account-imports.ts'
import { createAccountSync } from '../../../../api/core/account-imports/account-sync.ts'
import type { AccountImport, StoredItem } from '../../../../api/core/account-imports/import-store.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const HOUR_MS = 3_600_000
const START_MS = 1_800_000_000_000

function open({ last }: { last?: Partial<AccountImport> } = {}) {
  const state = { now: START_MS, isResponsible: true, isAway: false, isShort: false, imported: 0 }
  let lineErrors: unknown[] = []
  let reasons: string[] = []
  const reports: string[] = []
  const run = () =>
    ({
      ...{ id: '1', state: 'done', error: null, lineErrors, isMassDisable: state.isShort },
    }) as unknown as AccountImport // no other member is read
  const imports: Pick<AccountImports, 'plan' | 'start' | 'findLast' | 'listItems'> = {
    findLast: async () => last as AccountImport | undefined,
    async plan(_, { options, isScheduled }) {
      if (state.isAway) throw new Refusal('unavailable')
      expect({ isScheduled, ...options }).toMatchObject({
        ...{ isScheduled: true, disableMissing: true, allowMassDisable: false, link: false, signIn: 'phone' },
      })
      return run()
    },
    async listItems(_, __, { after = -1, limit }) {
      const all = reasons.map((reason, position) => ({ reason, position }) as StoredItem) // no other member is read
      return { items: all.slice(after + 1).slice(0, limit), total: all.length }
    },
    async start() {
      state.imported += 1
      return { started: run(), finished: Promise.resolve(run()) }
    },
  }
  const tick = createAccountSync({
    imports,
    schedule: { source: 'csv', intervalMs: HOUR_MS, signIn: 'phone' },
    openSource: () => ({ name: 'csv', fetch: async () => ({ people: [], lineErrors: [] }) }),
    isResponsible: () => state.isResponsible,
    now: () => state.now,
    onWithheld: (conflicts) => reports.push(`withheld ${conflicts}`),
    onFailure: Object.assign(() => reports.push('failed'), { recovered: () => reports.push('recovered') }),
  })
  async function tickAfter(ms: number) {
    state.now += ms
    await tick()
    return state.imported
  }
  const withConflicts = (conflicts: string[], errors: unknown[] = []) => {
    reasons = conflicts
    lineErrors = errors
  }
  return { state, reports, tickAfter, withConflicts }
}

describe('an account sync', () => {
  test('imports at once, then at its interval', async () => {
    const { tickAfter } = open()
    expect(await tickAfter(0)).toBe(1)
    expect(await tickAfter(HOUR_MS - 1)).toBe(1)
    expect(await tickAfter(1)).toBe(2)
  })

  test('waits after a restart until the next import is due', async () => {
    const { tickAfter } = open({ last: { state: 'done', createdAt: START_MS / 1000 - 600 } })
    expect(await tickAfter(0)).toBe(0)
    expect(await tickAfter(HOUR_MS - 600_001)).toBe(0)
    expect(await tickAfter(1)).toBe(1)
  })

  test('imports in the process that holds the lease alone', async () => {
    const { state, tickAfter } = open()
    state.isResponsible = false
    expect(await tickAfter(0)).toBe(0)
    state.isResponsible = true
    expect(await tickAfter(0)).toBe(1)
  })

  test('tries a source that is away each minute, and reports the failure and the recovery', async () => {
    const { state, reports, tickAfter } = open()
    state.isAway = true
    await tickAfter(0)
    await tickAfter(59_999)
    expect(reports).toEqual(['failed'])
    state.isAway = false
    expect(await tickAfter(1)).toBe(1)
    expect(reports).toEqual(['failed', 'recovered'])
  })

  test('reports that a short list disables no account', async () => {
    const { state, reports, tickAfter, withConflicts } = open()
    state.isShort = true
    withConflicts([...Array(600).fill('mass_disable'), 'duplicate'])
    await tickAfter(0)
    expect(reports).toEqual(['withheld 600'])
  })

  test('reports none for other conflicts of a list that could not be read completely', async () => {
    const { reports, tickAfter, withConflicts } = open()
    withConflicts(['duplicate', 'username_taken'], [{ line: 1, reason: '#include' }])
    await tickAfter(0)
    expect(reports).toEqual([])
    withConflicts(['duplicate', 'list_incomplete'], [{ line: 1, reason: '#include' }])
    await tickAfter(HOUR_MS)
    expect(reports).toEqual(['withheld 1'])
  })
})

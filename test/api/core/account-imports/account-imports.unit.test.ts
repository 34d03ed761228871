import { describe, expect, test } from 'vitest'
import { createAccountImports } from '../../../../api/core/account-imports/account-imports.ts'
import type { AccountSource } from '../../../../api/core/account-imports/account-source.ts'
import type { ImportOptions } from '../../../../api/core/account-imports/import-plan.ts'
import type {
  AccountImport,
  AccountImportStore,
  StoredItem,
} from '../../../../api/core/account-imports/import-store.ts'
import type { User } from '../../../../api/core/auth/users.ts'
import { createFakeClock } from '../../../support/fixtures/work-clock.ts'

const BY = { actorId: 'cli', address: 'local' }
const OPTIONS: ImportOptions = {
  role: 'user',
  signIn: 'none',
  disableMissing: false,
  allowMassDisable: false,
  link: false,
}

/** Imports of a store that keeps the newest plan; each batch takes 40 ms of the fake clock. */
function open() {
  const { clock, work, rests } = createFakeClock()
  const batches: number[] = []
  let reading = 0
  let mostReading = 0
  let run = {} as AccountImport // before the first plan
  let items: StoredItem[] = []
  const store: Partial<AccountImportStore> = {
    async readAccounts() {
      reading += 1
      mostReading = Math.max(mostReading, reading)
      await new Promise(setImmediate)
      return {
        ...{ accounts: [], digest: 'digest' },
        names: { logins: new Map(), displayNames: new Map(), reserved: new Set() },
      }
    },
    async add(plan, planned) {
      await new Promise(setImmediate)
      reading -= 1
      run = { ...plan, ...{ id: '1', done: 0, failed: 0, error: null, updatedAt: 0 } }
      items = planned.map((item, position) => ({ ...item, position, outcome: null, detail: null }))
      return run
    },
    find: async () => run,
    claim: async () => true,
    listItems: async (_, __, { after = -1, limit }) => items.slice(after + 1, after + 1 + limit),
    async createAccounts(_, some) {
      batches.push(some.length)
      work(40)
      return some.map(({ username }) => ({ user: { id: username, username } as User })) // no other member is read
    },
    recordResults: async () => {},
    finish: async (_, { state }) => void Object.assign(run, { state }),
  }
  const imports = createAccountImports({
    store: store as AccountImportStore, // what a test does not use is missing
    accountAdmin: { update: () => Promise.reject(new Error('not used')) },
    securityLog: { write: () => {} },
    policy: () => ({
      check: (number) => ({ number, kind: 'internal', isEmergency: false }) as never, // no other member is read
      reservedKind: () => undefined,
    }),
    now: () => 0,
    clock,
  })
  const source = (count: number): AccountSource => ({
    name: 'csv',
    fetch: async () => ({
      people: Array.from({ length: count }, (_, at) => {
        const extension = String(10_000 + at)
        return { sourceId: extension, extension, name: null, email: null }
      }),
      lineErrors: [],
    }),
  })
  const plan = (count: number) => imports.plan(source(count), { options: OPTIONS, by: BY })
  return { imports, plan, batches, rests, mostReading: () => mostReading }
}

describe('imports of people', () => {
  test('are applied in small batches, with a rest as long as the work after each', async () => {
    const { imports, plan, batches, rests } = open()
    const { id } = await plan(120)
    await (await imports.start(id, BY)).finished
    expect(Math.max(...batches)).toBeLessThanOrEqual(25)
    expect(batches.reduce((sum, one) => sum + one)).toBe(120)
    expect(rests).toEqual(batches.map(() => 40))
  })

  test('are planned one at a time', async () => {
    const { plan, mostReading } = open()
    expect(await Promise.all([plan(1), plan(2), plan(3)])).toMatchObject([
      { total: 1 },
      { total: 2 },
      { total: 3 },
    ])
    expect(mostReading()).toBe(1)
  })
})

import { createPacedWork, type WorkClock } from '../../../runtime/paced-work.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { AccountAdmin, ChangedBy } from '../auth/account-admin.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import type { ExtensionRules } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import type { AccountSource, AccountSourceName, FetchedPeople } from './account-source.ts'
import { createImportRunner } from './apply-import.ts'
import {
  changesAccount,
  type ImportOptions,
  type PlanAction,
  type PlanItem,
  WRITING_ACTIONS,
} from './import-plan.ts'
import type { AccountImport, AccountImportStore, StoredItem } from './import-store.ts'
import { planImport } from './plan-import.ts'

export interface PlanOptions {
  options: ImportOptions
  by: ChangedBy
  isScheduled?: boolean
}

/** Makes accounts of the people of another system, and keeps them in step. */
export interface AccountImports {
  /**
   * Reads the source and compares it with the accounts. Changes no account.
   * @throws {Refusal} as `AccountSource.fetch`, `unavailable`
   */
  plan(source: AccountSource, options: PlanOptions): Promise<AccountImport>
  /**
   * Applies a plan in the background. A refused item does not stop the others.
   * @returns the import as it begins, and as it ends
   * @throws {Refusal} `not_found`, `conflict` if the plan was applied before or accounts have changed since it was made
   */
  start(id: string, by: ChangedBy): Promise<{ started: AccountImport; finished: Promise<AccountImport> }>
  /** @throws {Refusal} `not_found` */
  find(id: string): Promise<AccountImport>
  /** The newest of all, or of the scheduled ones. */
  findLast(filter?: { isScheduled: boolean }): Promise<AccountImport | undefined>
  /** Without what stays as it is. */
  listItems(
    id: string,
    filter: { action?: PlanAction | undefined },
    page: { after?: number | undefined; limit: number },
  ): Promise<{ items: StoredItem[]; total: number }>
  /** Resolves once no import of this process runs. */
  drained(): Promise<void>
}

export interface AccountImportsNeeds {
  store: AccountImportStore
  accountAdmin: Pick<AccountAdmin, 'update'>
  securityLog: SecurityLog
  policy: () => ExtensionRules
  now: () => number
  clock?: WorkClock
}

/** A running import reports each second or more often. */
const INTERRUPTED_S = 120

export function createAccountImports(needs: AccountImportsNeeds): AccountImports {
  const { store, securityLog, policy, now, clock } = needs
  const nowS = () => toUnixSeconds(now())
  const apply = createImportRunner({ ...needs, nowS })
  const running = new Set<Promise<unknown>>()

  /** The process that applied it may have ended. */
  const asSeenNow = (one: AccountImport): AccountImport =>
    one.state === 'running' && one.updatedAt < nowS() - INTERRUPTED_S
      ? { ...one, state: 'failed', error: 'interrupted: make a new plan' }
      : one

  async function find(id: string): Promise<AccountImport> {
    const found = await store.find(id)
    if (found === undefined) throw new Refusal('not_found', { detail: 'no such import' })
    return asSeenNow(found)
  }

  async function makePlan(
    source: AccountSourceName,
    fetched: FetchedPeople,
    { options, by, isScheduled = false }: PlanOptions,
  ): Promise<AccountImport> {
    const { digest, ...state } = await store.readAccounts()
    const steps = planImport({ source, fetched, options, ...state, policy: policy() })
    const plan = await runSteps(steps, createPacedWork(clock))
    return store.add(
      {
        ...{ source, state: 'planned', isScheduled, options },
        counts: plan.counts,
        newDisabled: plan.newDisabled,
        lineErrors: plan.lineErrors.slice(0, MAX_LINE_ERRORS),
        isMassDisable: plan.isMassDisable,
        accountsDigest: digest,
        total: plan.items.filter(changesAccount).length,
        actorId: by.actorId,
        createdAt: nowS(),
      },
      plan.items.filter(isReported),
    )
  }

  let lastPlan: Promise<unknown> = Promise.resolve()
  /** A plan holds all accounts in memory. */
  function onePlanAtATime<T>(make: () => Promise<T>): Promise<T> {
    const made = lastPlan.then(make)
    lastPlan = made.catch(() => {})
    return made
  }

  return {
    find,
    async plan(source, options) {
      const fetched = await source.fetch()
      return onePlanAtATime(() => makePlan(source.name, fetched, options))
    },

    async start(id, by) {
      const planned = await find(id)
      if (planned.state !== 'planned')
        throw new Refusal('conflict', { detail: 'this plan was applied before: make a new one' })
      if ((await store.readAccounts()).digest !== planned.accountsDigest) {
        throw new Refusal('conflict', { detail: 'accounts have changed since this plan: make a new one' })
      }
      if (!(await store.claim(id, nowS())))
        throw new Refusal('conflict', { detail: 'this plan is being applied already' })
      securityLog.write({
        event: 'account_import_started',
        target: planned.source,
        changes: describeCounts(planned),
        ...by,
      })
      const finished = apply(planned, by).then(() => find(id))
      const settled = finished.then(
        () => {},
        () => {},
      )
      running.add(settled)
      void settled.then(() => running.delete(settled))
      return { started: { ...planned, state: 'running' }, finished }
    },

    async findLast(filter) {
      const last = await store.findLast(filter)
      return last && asSeenNow(last)
    },

    async listItems(id, filter, page) {
      await find(id)
      const [items, total] = await Promise.all([
        store.listItems(id, filter, page),
        store.countItems(id, filter),
      ])
      return { items, total }
    },

    async drained() {
      await Promise.all(running)
    },
  }
}

const MAX_LINE_ERRORS = 100

const isReported = ({ action, reason, notes }: PlanItem) =>
  action !== 'unchanged' || reason !== undefined || notes.length > 0

/** Runs work of small steps to its end. */
async function runSteps<T>(steps: Generator<void, T>, pace: () => void | Promise<void>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await pace()
  }
}

const describeCounts = ({ counts, options }: AccountImport) =>
  [...WRITING_ACTIONS.map((action) => `${action}=${counts[action]}`), `sign_in=${options.signIn}`].join(' ')

import { createFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import type { AccountImports } from './account-imports.ts'
import type { AccountSource, AccountSourceName } from './account-source.ts'
import type { ImportedSignIn } from './import-plan.ts'

/** An import that runs by itself. */
export interface AccountSyncSchedule {
  source: AccountSourceName
  intervalMs: number
  /** Of new accounts. */
  signIn: ImportedSignIn
}

export interface AccountSyncNeeds {
  imports: Pick<AccountImports, 'plan' | 'start' | 'findLast' | 'listItems'>
  schedule: AccountSyncSchedule
  /** Opens the source as the settings have it; a file is read again. */
  openSource: () => AccountSource
  /** Whether this process is the one that runs it. */
  isResponsible: () => boolean
  now: () => number
  /** So many accounts would be disabled, and the list is suspiciously short or incomplete. */
  onWithheld: (withheld: number) => void
  /** An import failed, and the next one succeeded: see `createFailureReporter`. */
  onFailure: FailureHandler
}

/** Who acts, for the security log. */
const BY_SYNC = { actorId: 'sync', address: 'local' } as const

/** A source that was away is asked again soon. */
const RETRY_MS = 60_000
const PAGE = 500

/**
 * @returns what runs when the time has come: it imports the people and disables those who are gone. Call it often; it
 *   knows the last import, so that a restart starts none too early. It does not reject.
 */
export function createAccountSync(needs: AccountSyncNeeds): () => Promise<void> {
  const { imports, schedule, isResponsible, now } = needs
  const reporter = createFailureReporter(needs.onFailure, now)
  /** Unix ms. */
  let nextAt = Number.NEGATIVE_INFINITY

  async function importPeople(): Promise<void> {
    const plan = await imports.plan(needs.openSource(), {
      isScheduled: true,
      by: BY_SYNC,
      options: {
        role: 'user',
        signIn: schedule.signIn,
        disableMissing: true,
        allowMassDisable: false,
        link: false,
      },
    })
    const { finished } = await imports.start(plan.id, BY_SYNC)
    await finished
    if (!plan.isMassDisable && plan.lineErrors.length === 0) return
    const withheld = await countWithheld(plan.id)
    if (withheld > 0) needs.onWithheld(withheld)
  }
  async function countWithheld(id: string): Promise<number> {
    let withheld = 0
    for (let after = -1; ; ) {
      const { items } = await imports.listItems(id, { action: 'conflict' }, { after, limit: PAGE })
      withheld += items.filter(
        ({ reason }) => reason === 'mass_disable' || reason === 'list_incomplete',
      ).length
      const last = items.at(-1)
      if (last === undefined) return withheld
      after = last.position
    }
  }

  return async () => {
    if (!isResponsible() || now() < nextAt) return
    try {
      const last = await imports.findLast({ isScheduled: true })
      const dueAt = last?.state === 'done' ? last.createdAt * 1000 + schedule.intervalMs : now()
      if (now() < dueAt) {
        nextAt = dueAt
        return
      }
      await importPeople()
      nextAt = now() + schedule.intervalMs
      reporter.succeeded()
    } catch (err) {
      nextAt = now() + Math.min(schedule.intervalMs, RETRY_MS)
      reporter.failed(err)
    }
  }
}

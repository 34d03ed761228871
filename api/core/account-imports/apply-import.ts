import { createPacedWork, type WorkClock } from '../../../runtime/paced-work.ts'
import { type AccountAdmin, type ChangedBy, describeValues } from '../auth/account-admin.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import { Refusal } from '../refusal.ts'
import { changesAccount } from './import-plan.ts'
import type { AccountImport, AccountImportStore, ItemResult, StoredItem } from './import-store.ts'

export interface ImportRunnerNeeds {
  store: AccountImportStore
  accountAdmin: Pick<AccountAdmin, 'update'>
  securityLog: SecurityLog
  /** Unix seconds. */
  nowS: () => number
  clock?: WorkClock | undefined
}

/** New accounts of one transaction, which other requests may wait for. */
const CREATE_BATCH = 25
const PAGE = 500
/** Changes between two reports of the progress. */
const REPORT_EVERY = 10

/**
 * @returns what applies a plan to its end; it never rejects for one item. It works at most half of the time, so that
 *   other requests do not wait for it.
 */
export function createImportRunner({ store, accountAdmin, securityLog, nowS, clock }: ImportRunnerNeeds) {
  async function create(
    run: AccountImport,
    items: readonly StoredItem[],
    by: ChangedBy,
  ): Promise<ItemResult[]> {
    const { signIn } = run.options
    const made = await store.createAccounts(run.source, items, { actorId: by.actorId, signIn })
    return made.map((result, at) => {
      const position = items[at]?.position ?? -1
      if ('refused' in result) return { position, outcome: 'failed', detail: result.refused }
      const { id: userId, username: target, role, extension, email } = result.user
      const changes = describeValues({ role, extension, email, source: run.source })
      securityLog.write({ event: 'user_created', userId, target, changes, ...by })
      return { position, outcome: 'done', detail: null }
    })
  }

  /** Through the administrator's path: it revokes tokens and ends sessions at once. */
  async function change(run: AccountImport, item: StoredItem, by: ChangedBy): Promise<void> {
    const { userId = '', revision = 0, changes, values, sourceId } = item
    if (item.action === 'link') {
      await store.link(userId, { source: run.source, sourceId, revision }, { actorId: by.actorId })
      securityLog.write({
        event: 'user_updated',
        userId,
        target: item.username,
        changes: describeValues({ source: run.source }),
        ...by,
      })
      return store.recordValues(userId, values)
    }
    await accountAdmin.update(userId, changes, by, { revision, bySource: true })
    await store.recordValues(userId, values)
  }

  const changeOrReport = (run: AccountImport, item: StoredItem, by: ChangedBy): Promise<ItemResult> =>
    change(run, item, by).then(
      () => ({ position: item.position, outcome: 'done', detail: null }),
      (err) => {
        if (!(err instanceof Refusal) || STOPPING.includes(err.code)) throw err
        const detail = err.code === 'taken' ? `${err.detail} is taken` : (err.detail ?? err.code)
        return { position: item.position, outcome: 'failed', detail }
      },
    )

  async function applyPage(
    run: AccountImport,
    items: readonly StoredItem[],
    by: ChangedBy,
    pace: () => void | Promise<void>,
  ): Promise<void> {
    const created = items.filter(({ action }) => action === 'create')
    for (let at = 0; at < created.length; at += CREATE_BATCH) {
      const batch = created.slice(at, at + CREATE_BATCH)
      await store.recordResults(run.id, await create(run, batch, by), nowS())
      await pace()
    }
    let results: ItemResult[] = []
    for (const item of items.filter((one) => one.action !== 'create' && changesAccount(one))) {
      results.push(await changeOrReport(run, item, by))
      await pace()
      if (results.length < REPORT_EVERY) continue
      await store.recordResults(run.id, results, nowS())
      results = []
    }
    if (results.length > 0) await store.recordResults(run.id, results, nowS())
  }

  return async (run: AccountImport, by: ChangedBy): Promise<void> => {
    const pace = createPacedWork(clock)
    try {
      for (let after = -1; ; ) {
        const items = await store.listItems(run.id, {}, { after, limit: PAGE })
        const last = items.at(-1)
        if (last === undefined) break
        await applyPage(run, items, by, pace)
        after = last.position
      }
      await store.finish(run.id, { state: 'done', error: null }, nowS())
    } catch (err) {
      const error = err instanceof Refusal ? (err.detail ?? err.code) : 'internal'
      // If this fails too, the import counts as interrupted.
      await store.finish(run.id, { state: 'failed', error }, nowS()).catch(() => {})
      throw err
    }
  }
}

/** The next item would fail as well. */
const STOPPING: readonly Refusal['code'][] = ['unavailable', 'token_revoked', 'internal']

import { type IntervalJob, startInterval } from '../../../runtime/interval.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { createLeadBulk } from '../../core/call-center/leads/lead-bulk.ts'
import { createLeadCalls } from '../../core/call-center/leads/lead-calls.ts'
import { createLeadImportUndo } from '../../core/call-center/leads/lead-import-undo.ts'
import { createLeadImports } from '../../core/call-center/leads/lead-imports.ts'
import { createLeads } from '../../core/call-center/leads/leads.ts'
import type { LeadRoutesNeeds } from '../../http/crm/lead-routes.ts'
import type { LeadImportRoutesNeeds as V1ImportNeeds } from '../../http/v1/lead-import-routes.ts'
import type { LeadRoutesNeeds as V1LeadNeeds } from '../../http/v1/lead-routes.ts'
import { createLeadBulkStore } from '../../store/sql/call-center/lead-bulk.ts'
import { createLeadCallStore } from '../../store/sql/call-center/lead-calls.ts'
import { createLeadImportUndoStore } from '../../store/sql/call-center/lead-import-undo.ts'
import { createLeadImportStore } from '../../store/sql/call-center/lead-imports.ts'
import { createLeadStore } from '../../store/sql/call-center/leads.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

/** What the surface v1 needs, besides what `wiring/surfaces.ts` gives it. */
export type LeadV1Needs = Omit<V1LeadNeeds & V1ImportNeeds, 'guard' | 'reachOf'>

/** How often an API looks for imports that another API has abandoned. */
const RESUME_INTERVAL_MS = 5_000

export function createLeadsModule({
  db,
  authorize,
  agents,
  campaigns,
  policy,
  history,
  now,
  log,
}: CallCenterDeps): FeatureModule<LeadRoutesNeeds> & { v1: Omit<LeadV1Needs, 'resolveActor'> } {
  const reportFailure = failureLogger(log)
  const leads = createLeads({ store: createLeadStore(db), agents, campaigns, policy, now })
  const bulk = createLeadBulk({ store: createLeadBulkStore(db), agents, campaigns, policy, now })
  const calls = createLeadCalls({ store: createLeadCallStore(db), leads, history })
  const importStore = createLeadImportStore(db)
  const undo = createLeadImportUndo({
    store: { ...createLeadImportUndoStore(db), find: importStore.find },
    now,
    onError: reportFailure.once('lead_import_undo', 'a lead import could not be undone'),
  })
  const imports = createLeadImports({
    store: importStore,
    agents,
    campaigns,
    policy,
    now,
    onError: reportFailure.once('lead_import', 'a lead import could not be processed'),
  })
  const resume = async () => {
    await imports.resumeAbandoned()
    await undo.resumeAbandoned()
  }
  let job: IntervalJob | undefined
  return {
    routes: { authorize, leads, imports, policy },
    v1: { leads, bulk, calls, imports, undo, policy },
    open() {
      job = startInterval(
        RESUME_INTERVAL_MS,
        resume,
        reportFailure('lead_import_resume', 'abandoned lead imports could not be resumed'),
      )
    },
    async close() {
      job?.stop()
      await Promise.all([imports.close(), undo.close()])
    },
  }
}

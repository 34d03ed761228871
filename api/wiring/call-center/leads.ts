import { type IntervalJob, startInterval } from '../../../runtime/interval.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { createLeadImports } from '../../core/call-center/leads/lead-imports.ts'
import { createLeads } from '../../core/call-center/leads/leads.ts'
import type { LeadRoutesNeeds } from '../../http/crm/lead-routes.ts'
import { createLeadImportStore } from '../../store/sql/call-center/lead-imports.ts'
import { createLeadStore } from '../../store/sql/call-center/leads.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

/** How often an API looks for imports that another API has abandoned. */
const RESUME_INTERVAL_MS = 5_000

export function createLeadsModule({
  db,
  authorize,
  agents,
  campaigns,
  policy,
  now,
  log,
}: CallCenterDeps): FeatureModule<LeadRoutesNeeds> {
  const reportFailure = failureLogger(log)
  const leads = createLeads({ store: createLeadStore(db), agents, campaigns, policy, now })
  const imports = createLeadImports({
    store: createLeadImportStore(db),
    agents,
    campaigns,
    policy,
    now,
    onError: reportFailure.once('lead_import', 'a lead import could not be processed'),
  })
  let job: IntervalJob | undefined
  return {
    routes: { authorize, leads, imports, policy },
    open() {
      job = startInterval(
        RESUME_INTERVAL_MS,
        imports.resumeAbandoned,
        reportFailure('lead_import_resume', 'abandoned lead imports could not be resumed'),
      )
    },
    async close() {
      job?.stop()
      await imports.close()
    },
  }
}

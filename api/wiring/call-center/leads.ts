import { type Chore, every } from '../../../runtime/interval.ts'
import { troubleFor } from '../../../runtime/log.ts'
import { createLeadImports } from '../../core/call-center/leads/lead-imports.ts'
import { createLeads } from '../../core/call-center/leads/leads.ts'
import type { LeadRoutesNeeds } from '../../http/crm/lead-routes.ts'
import { createLeadImportStore } from '../../store/sql/call-center/lead-imports.ts'
import { createLeadStore } from '../../store/sql/call-center/leads.ts'
import type { Base, Room } from './feature-module.ts'

/** How often an API looks for lists that another has left behind. */
const LOOK_MS = 5_000

export function joinLeads({ db, door, agents, campaigns, policy, now, log }: Base): Room<LeadRoutesNeeds> {
  const trouble = troubleFor(log)
  const leads = createLeads({ store: createLeadStore(db), agents, campaigns, policy, now })
  const imports = createLeadImports({
    store: createLeadImportStore(db),
    agents,
    campaigns,
    policy,
    now,
    onTrouble: trouble('a list of leads could not be taken in'),
  })
  let chore: Chore | undefined
  return {
    routes: { door, leads, imports, policy },
    open() {
      chore = every(LOOK_MS, imports.resume, trouble('lists of leads left behind could not be looked for'))
    },
    async close() {
      chore?.stop()
      await imports.close()
    },
  }
}

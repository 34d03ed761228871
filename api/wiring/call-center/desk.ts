import type { ActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import { createAgentLookup } from '../../core/call-center/agents/agent-lookup.ts'
import { createCallFinder } from '../../core/call-center/calls/call-finder.ts'
import { createCallbacks } from '../../core/call-center/desk/create-callbacks.ts'
import { createCampaignTexts } from '../../core/call-center/desk/create-campaign-texts.ts'
import { createDesk } from '../../core/call-center/desk/create-desk.ts'
import { createDeskCallFinder } from '../../core/call-center/desk/desk-call.ts'
import type { DeskRoutesNeeds } from '../../http/v1/desk-routes.ts'
import { createCallbackStore } from '../../store/sql/call-center/callbacks.ts'
import { createCampaignTextStore } from '../../store/sql/call-center/campaign-texts.ts'
import { createDeskStore } from '../../store/sql/call-center/desk.ts'
import { createLeadLookup } from '../../store/sql/call-center/lead-lookup.ts'
import { createLeadStore } from '../../store/sql/call-center/leads.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

/** The agent's desk, callbacks, and what campaigns show their agents. */
export function createDeskModule(
  deps: CallCenterDeps,
  actors: ActorResolver,
): FeatureModule<Omit<DeskRoutesNeeds, 'guard'>> {
  const { db, agents, agentService, agentCallStore, callRecords: records, campaigns, policy, now } = deps
  const { history, placedCalls } = deps
  const { callTracker, directory } = deps.callModule
  const { timeZone } = deps.config
  const [store, leads, texts] = [createDeskStore(db), createLeadStore(db), createCampaignTextStore(db)]
  const callbacks = createCallbackStore(db)
  const callFinder = createCallFinder({
    ...{ agentCallStore, callTracker, history, placedCalls, agents, directory },
    agentLookup: createAgentLookup({ agents, directory, now }),
  })
  const onChange = deps.deskNotifier.agentsChanged
  return {
    routes: {
      resolveActor: actors.resolve,
      texts: createCampaignTexts({ store: texts, campaigns, now }),
      callbacks: createCallbacks({
        store: callbacks,
        ...{ leads, agents, campaigns, timeZone, now, onChange },
      }),
      desk: createDesk({
        ...{ actors, agents, agentService, campaigns, leads, store, records, callbacks, texts },
        ...{ callFinder, policy, timeZone, now, onChange },
        findCall: createDeskCallFinder({
          ...{ store, records, agentCallStore, callFinder, callTracker, directory, policy },
          leadLookup: createLeadLookup(db),
        }),
      }),
    },
  }
}

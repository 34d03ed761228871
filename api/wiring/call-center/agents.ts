import { createCurrentCalls } from '../../core/call-center/calls/current-calls.ts'
import type { AgentRoutesNeeds } from '../../http/crm/agent-routes.ts'

import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

export function createAgentsModule(deps: CallCenterDeps): FeatureModule<AgentRoutesNeeds> {
  const { authorize, agentService: agents, agentCallStore } = deps
  const { callTracker, directory } = deps.callModule
  return {
    routes: {
      authorize,
      agents,
      callsOf: createCurrentCalls({ callTracker, directory, agentCallStore }),
    },
  }
}

import { createAgents } from '../../core/call-center/agents/agents.ts'
import { createCurrentCalls } from '../../core/call-center/calls/current-calls.ts'
import type { AgentRoutesNeeds } from '../../http/crm/agent-routes.ts'

import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

export function createAgentsModule(deps: CallCenterDeps): FeatureModule<AgentRoutesNeeds> {
  const { authorize, agents: store, users, accounts, changes, agentCallStore, config, policy, now } = deps
  const { statuses, callTracker, directory } = deps.callModule
  return {
    routes: {
      authorize,
      agents: createAgents({
        ...{ store, users, accounts, changes, statuses, policy, now },
        longestLifetime: config.longestLifetime,
      }),
      callsOf: createCurrentCalls({ callTracker, directory, agentCallStore }),
    },
  }
}

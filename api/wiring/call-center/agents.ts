import { createAgents } from '../../core/call-center/agents/agents.ts'
import type { AgentRoutesNeeds } from '../../http/crm/agent-routes.ts'
import type { CurrentCall } from '../../http/crm/agent-wire.ts'
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
      async callsOf(agents) {
        const found = new Map<string, CurrentCall>()
        const calls = agents.flatMap(({ id, extension }) => {
          const [call] = extension === null ? [] : callTracker.ofEndpoint(directory.endpointOf(extension))
          return call === undefined ? [] : [{ agentId: id, callId: call.id }]
        })
        const ids = await agentCallStore.findIds(calls.map(({ callId }) => callId))
        for (const { agentId, callId } of calls) found.set(agentId, { id: ids.get(callId) ?? null, callId })
        return found
      },
    },
  }
}

import { createAgents } from '../../core/call-center/agents/agents.ts'
import type { AgentRoutesNeeds } from '../../http/crm/agent-routes.ts'
import type { CurrentCall } from '../../http/crm/agent-wire.ts'
import type { Base, Room } from './feature-module.ts'

export function joinAgents(base: Base): Room<AgentRoutesNeeds> {
  const { door, agents: store, users, accounts, changes, callLog, config, policy, now } = base
  const { statuses, table, directory } = base.telephony
  return {
    routes: {
      door,
      agents: createAgents({
        ...{ store, users, accounts, changes, statuses, policy, now },
        longestLifetime: config.longestLifetime,
      }),
      async callsOf(agents) {
        const found = new Map<string, CurrentCall>()
        const calls = agents.flatMap(({ id, extension }) => {
          const [call] = extension === null ? [] : table.ofEndpoint(directory.endpointOf(extension))
          return call === undefined ? [] : [{ agentId: id, callId: call.id }]
        })
        const ids = await callLog.idsOf(calls.map(({ callId }) => callId))
        for (const { agentId, callId } of calls) found.set(agentId, { id: ids.get(callId) ?? null, callId })
        return found
      },
    },
  }
}

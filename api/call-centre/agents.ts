import { createAgents } from '../core/crew/agents.ts'
import type { AgentRoutesNeeds } from '../dialects/crm/agent-routes.ts'
import type { CurrentCall } from '../dialects/crm/agent-wire.ts'
import type { Base, Room } from './base.ts'

export function joinAgents(base: Base): Room<AgentRoutesNeeds> {
  const { door, agents: store, users, accounts, changes, callLog, config, now } = base
  const { statuses, table, directory } = base.telephony
  return {
    routes: {
      door,
      agents: createAgents({
        ...{ store, users, accounts, changes, statuses, now },
        longestLifetime: config.longestLifetime,
      }),
      async callsOf(agents) {
        const found = new Map<string, CurrentCall>()
        for (const { id, extension } of agents) {
          const [call] = extension === null ? [] : table.ofEndpoint(directory.endpointOf(extension))
          if (call === undefined) continue
          found.set(id, { id: (await callLog.find(call.id))?.id ?? null, callId: call.id })
        }
        return found
      },
    },
  }
}

import type { Call, Leg } from '../../calls/call.ts'
import type { Directory } from '../../directory/directory.ts'

export interface LiveLeg {
  call: Call
  leg: Leg
}

/** The live legs of agents, by agent, and the agents of each call; both in the order of the lists. */
export interface AgentLegs {
  ofAgent(id: string): readonly LiveLeg[]
  agentsOf(call: Call): readonly string[]
}

/** Reads each agent and each leg once: a big call center has hundreds of both. */
export function createAgentLegs(
  agents: readonly { id: string; extension: string | null }[],
  calls: readonly Call[],
  endpointsOf: Directory['endpointsOf'],
): AgentLegs {
  const byEndpoint = new Map<string, number[]>()
  agents.forEach(({ extension }, row) => {
    for (const endpoint of extension === null ? [] : endpointsOf(extension)) push(byEndpoint, endpoint, row)
  })
  const byAgent = new Map<string, LiveLeg[]>()
  const byCall = new Map<Call, string[]>()
  for (const call of calls) {
    const rows = new Set<number>()
    for (const leg of call.legs) {
      const ofLeg = leg.state === 'ended' ? [] : (byEndpoint.get(leg.endpoint ?? '') ?? [])
      for (const row of ofLeg) {
        rows.add(row)
        push(byAgent, agents[row]?.id ?? '', { call, leg })
      }
    }
    const inOrder = [...rows].sort((one, other) => one - other)
    if (rows.size > 0)
      byCall.set(
        call,
        inOrder.map((row) => agents[row]?.id ?? ''),
      )
  }
  return {
    ofAgent: (id) => byAgent.get(id) ?? [],
    agentsOf: (call) => byCall.get(call) ?? [],
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

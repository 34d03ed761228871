import type { Agent } from '../../../../api/core/crew/agent.ts'

/** An agent who could have a call now; tests name what is different. */
export function newAgent(difference: Partial<Agent> = {}): Agent {
  return {
    id: '1',
    userId: '1',
    name: 'Anna',
    kind: 'human',
    team: 'sales',
    status: 'ready',
    statusAt: 0,
    freeFrom: 0,
    username: 'anna',
    extension: '1001',
    role: 'user',
    disabled: false,
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    ...difference,
  }
}

import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Actor } from '../../actor.ts'
import type { UserStore } from '../../auth/users.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from './agent.ts'
import type { CallCenterActor } from './call-center-actor.ts'
import { scopeOf } from './scope.ts'

export interface ActorResolver {
  /**
   * The acting user as the call center's agent, with role and scope. The first call for a user creates their agent.
   * @throws {Refusal} `token_revoked` if the user was deleted, `unavailable`
   */
  resolve(actor: Pick<Actor, 'userId' | 'claims'>): Promise<CallCenterActor>
}

export interface ActorResolverNeeds {
  agents: Pick<AgentStore, 'findOrCreateForUser'>
  users: Pick<UserStore, 'find'>
  now: () => number
}

export function createActorResolver({ agents, users, now }: ActorResolverNeeds): ActorResolver {
  return {
    async resolve({ userId, claims: { role } }) {
      const agent = await agents.findOrCreateForUser(userId, toUnixSeconds(now()), async () => {
        const user = await users.find(userId)
        if (user === undefined) throw new Refusal('token_revoked')
        return user.username
      })
      return { userId, role, agent, scope: scopeOf(role, agent) }
    },
  }
}

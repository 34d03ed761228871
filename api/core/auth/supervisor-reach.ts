import type { Role } from '../../../contract/claims.ts'
import type { User, UserStore } from './users.ts'

/** Whom supervisors of a team may oversee, by the setting: their team, or all users. */
export const SUPERVISOR_REACHES = ['team', 'all'] as const
export type SupervisorReach = (typeof SUPERVISOR_REACHES)[number]

/** The calls and recordings that a user may oversee, by their owners, besides their own. */
export type Reach = { over: 'all' } | { over: 'team'; team: string } | { over: 'none' }

const ALL: Reach = { over: 'all' }
const NONE: Reach = { over: 'none' }

/**
 * The rule of every surface but the call centre's, which has `call-center/agents/scope.ts`: administrators and
 * supervisors without a team oversee all users, a supervisor of a team that team, a user only themselves.
 */
export function reachForRole({ role, team }: Pick<User, 'role' | 'team'>, setting: SupervisorReach): Reach {
  if (role === 'user') return NONE
  return role === 'supervisor' && team !== null && setting === 'team' ? { over: 'team', team } : ALL
}

/** @param person undefined for a phone without a user, such as a trunk */
export function isWithinReach(reach: Reach, person: Pick<User, 'team'> | undefined): boolean {
  return reach.over === 'all' || (reach.over === 'team' && person?.team === reach.team)
}

/** @throws {Refusal} `unavailable`, for supervisors only */
export type FindReach = (actor: { userId: string; claims: { role: Role } }) => Promise<Reach>

/** Reads a supervisor's team from the database: it may have changed since their token was issued. */
export function createFindReach(users: Pick<UserStore, 'find'>, setting: SupervisorReach): FindReach {
  return async ({ userId, claims: { role } }) => {
    if (role !== 'supervisor' || setting === 'all') return reachForRole({ role, team: null }, setting)
    const user = await users.find(userId)
    return user === undefined ? NONE : reachForRole({ role, team: user.team }, setting)
  }
}

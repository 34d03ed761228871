import type { Role } from '../../../contract/claims.ts'
import type { User, UserStore } from './users.ts'

/** How far supervisors of a team reach, by the setting: their team, or everybody. */
export const SUPERVISOR_REACHES = ['team', 'all'] as const
export type SupervisorReach = (typeof SUPERVISOR_REACHES)[number]

/** Whose calls and recordings somebody oversees, besides their own. */
export type Reach = { over: 'all' } | { over: 'team'; team: string } | { over: 'nobody' }

const ALL: Reach = { over: 'all' }
const NOBODY: Reach = { over: 'nobody' }

/**
 * The rule of every surface but the call centre's, which has `crew/scope.ts`: admins oversee everybody, a
 * supervisor of a team that team, a supervisor of no team everybody, a user nobody.
 */
export function reachForRole({ role, team }: Pick<User, 'role' | 'team'>, setting: SupervisorReach): Reach {
  if (role === 'user') return NOBODY
  return role === 'supervisor' && team !== null && setting === 'team' ? { over: 'team', team } : ALL
}

/** @param person undefined for a phone that is no user's, such as a trunk */
export function isWithinReach(reach: Reach, person: Pick<User, 'team'> | undefined): boolean {
  return reach.over === 'all' || (reach.over === 'team' && person?.team === reach.team)
}

/** @throws {Refusal} `unavailable`, for supervisors alone */
export type FindReach = (actor: { userId: string; claims: { role: Role } }) => Promise<Reach>

/** Asks the database for a supervisor's team: it may be another one than when their token was issued. */
export function createFindReach(users: Pick<UserStore, 'find'>, setting: SupervisorReach): FindReach {
  return async ({ userId, claims: { role } }) => {
    if (role !== 'supervisor' || setting === 'all') return reachForRole({ role, team: null }, setting)
    const user = await users.find(userId)
    return user === undefined ? NOBODY : reachForRole({ role, team: user.team }, setting)
  }
}

import type { LiveCall } from '../../app/live/live-messages.ts'
import type { SessionClaims } from '../../app/session/token-claims.ts'

/** Supervisors of a team may not follow all calls: docs/calls.md. */
export const mayFollowAllCalls = ({ role, reach }: SessionClaims): boolean =>
  role === 'admin' || (role === 'supervisor' && reach !== 'team')

/** The leg that the API acts as: my own, or else the first of a user whom I oversee. The page knows no teams. */
export function leavingLeg(
  { legs }: Pick<LiveCall, 'legs'>,
  claims: SessionClaims,
): LiveCall['legs'][number] | undefined {
  const up = legs.filter(({ state, extension }) => state === 'up' && extension !== null)
  const own = up.find(({ extension }) => extension === claims.extension)
  return own ?? (mayFollowAllCalls(claims) ? up[0] : undefined)
}

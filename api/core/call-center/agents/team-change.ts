import type { Role } from '../../../../contract/claims.ts'

/**
 * Whether a change of team revokes a user's tokens: those of a supervisor state the team, and with them links to the
 * team's recordings were issued.
 *
 * @param role of the user, after the change
 */
export const endsTokens = (
  role: Role | null | undefined,
  teamBefore: string | null,
  team: string | null,
): boolean => role === 'supervisor' && teamBefore !== team

import type { Role } from '../../../contract/claims.ts'

const BY_RIGHTS: readonly Role[] = ['admin', 'supervisor', 'user']

/** The role with the most rights among those of a person's groups; a person without one of these groups is a user. */
export const highestRole = (roles: readonly Role[]): Role =>
  BY_RIGHTS.find((role) => roles.includes(role)) ?? 'user'

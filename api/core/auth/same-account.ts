import type { User } from './users.ts'

/** Whether a password that another system verified for `before` holds for the account as it is now. */
export const isSameAccount = (before: User, now: User | undefined): now is User =>
  now?.disabled === false &&
  now.passwordAuthority === before.passwordAuthority &&
  now.source === before.source &&
  now.sourceId === before.sourceId

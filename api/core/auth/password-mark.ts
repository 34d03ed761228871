import { sha256 } from '../../../runtime/hash.ts'
import type { User } from './users.ts'

/**
 * Changes with the password. Users change their own password without a new generation, so what was verified before it
 * remembers this mark as well.
 */
export const passwordMarkOf = ({ passwordHash }: Pick<User, 'passwordHash'>): string => sha256(passwordHash)

import { Refusal } from '../refusal.ts'
import type { User } from './users.ts'

/**
 * What an account needs beside its right password. An app password, a passkey and a provider are not asked for it.
 * @throws {Refusal} `password_change_required`, `second_factor_required`, `unavailable`
 */
export type RequirePasswordSuffices = (user: User) => Promise<void>

/** One line for each need, in the order in which a person meets them. */
export const createSignInPolicy = (): RequirePasswordSuffices => async (user) => {
  requireNoPasswordChange(user)
}

/** @throws {Refusal} `password_change_required` */
export function requireNoPasswordChange({ passwordAuthority, mustChangePassword }: User): void {
  if (passwordAuthority === 'local' && mustChangePassword) throw new Refusal('password_change_required')
}

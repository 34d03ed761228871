import { Refusal } from '../refusal.ts'
import type { User } from './users.ts'

/**
 * What an account needs beside its right password. An app password, a passkey and a provider are not asked for it.
 * @throws {Refusal} `second_factor_required`, `password_change_required`, `unavailable`
 */
export type PasswordRequirement = (user: User) => Promise<void>

/** Checks each requirement, in the order in which a person meets them. */
export const joinRequirements =
  (...requirements: readonly PasswordRequirement[]): PasswordRequirement =>
  async (user) => {
    for (const require of requirements) await require(user)
  }

/** @throws {Refusal} `password_change_required` */
export const requireNoPasswordChange: PasswordRequirement = async ({
  passwordAuthority,
  mustChangePassword,
}) => {
  if (passwordAuthority === 'local' && mustChangePassword) throw new Refusal('password_change_required')
}

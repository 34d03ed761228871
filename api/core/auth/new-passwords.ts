import type { Passwords } from './password.ts'
import type { PasswordOwner, PasswordRules } from './password-rules.ts'

/** Passwords that people choose. */
export interface NewPasswords {
  /**
   * Checks a password against the rules, then hashes it.
   * @param queueKey as for `Passwords.hash`
   * @throws {Refusal} `input_invalid` in breach of a rule, `unavailable` as `Passwords.hash`
   */
  hash(password: string, owner: PasswordOwner, queueKey?: string): Promise<string>
  /** The rules alone, before other costly work. @throws {Refusal} `input_invalid` */
  check: PasswordRules
}

export const createNewPasswords = (
  passwords: Pick<Passwords, 'hash'>,
  rules: PasswordRules,
): NewPasswords => ({
  async hash(password, owner, queueKey) {
    rules(password, owner)
    return passwords.hash(password, queueKey)
  },
  check: rules,
})

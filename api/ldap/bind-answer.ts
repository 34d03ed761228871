import { InvalidCredentialsError } from 'ldapts'
import type { PasswordAnswer } from '../core/auth/ldap/directory.ts'

/** What Active Directory adds to invalidCredentials: [MS-ADTS] §5.1.1.5, and the codes of Windows in hexadecimal. */
const AD_REASONS: Readonly<Record<string, string>> = {
  '525': 'no_such_entry',
  '52e': 'wrong_password',
  '52f': 'account_restricted',
  '530': 'outside_logon_hours',
  '531': 'workstation_not_allowed',
  '532': 'password_expired',
  '533': 'disabled',
  '568': 'too_many_groups',
  '701': 'account_expired',
  '773': 'must_change_password',
  '775': 'locked',
}

/**
 * The answer to the bind of a person. Only invalidCredentials means that the password is wrong: all else is a failure of
 * the directory.
 * @throws {unknown} the error otherwise
 */
export function toWrongAnswer(err: unknown): PasswordAnswer {
  if (!(err instanceof InvalidCredentialsError)) throw err
  const code = /\bdata ([0-9a-f]{3,4})\b/i.exec(err.message)?.[1]?.toLowerCase()
  return { is: 'wrong', reason: AD_REASONS[code ?? ''] ?? 'wrong_password' }
}

import type { Insertable } from 'kysely'
import type { NewUser } from '../../../core/auth/users.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import type { UsersTable } from '../tables.ts'

/** The row of a new user; `account_names` needs its names too. */
export function toUserRow(
  {
    username,
    extension,
    email = null,
    displayName = null,
    role,
    passwordHash,
    disabled = false,
    ...origin
  }: NewUser,
  createdAt: number,
): Insertable<UsersTable> {
  return {
    username,
    username_folded: normalizeName(username),
    extension,
    email,
    email_folded: email === null ? null : normalizeName(email),
    display_name: displayName,
    role,
    password_hash: passwordHash,
    disabled: disabled ? 1 : 0,
    disabled_by_source: origin.isDisabledBySource === true ? 1 : 0,
    generation: 0,
    created_at: createdAt,
    password_authority: origin.passwordAuthority ?? 'local',
    must_change_password: origin.mustChangePassword === true ? 1 : 0,
    source: origin.source ?? null,
    source_id: origin.sourceId ?? null,
  }
}

import { Refusal } from '../refusal.ts'
import type { PasswordAuthority, User } from './users.ts'

/** Where a password that is not stored here is changed. */
const ELSEWHERE: Record<Exclude<PasswordAuthority, 'local'>, string> = {
  phone: 'the password of this account is the secret of its phone: it is changed at the PBX',
  directory: 'the password of this account is that of the company directory: it is changed there',
  provider: 'this account has no password here: it signs in at an identity provider, which has its password',
}

/**
 * Only a password that is verified here can be replaced here.
 * @throws {Refusal} `conflict`; `detail` names the place where it is changed
 */
export function requireLocalPassword({
  passwordAuthority: authority,
}: Pick<User, 'passwordAuthority'>): void {
  if (authority !== 'local') throw new Refusal('conflict', { detail: ELSEWHERE[authority] })
}

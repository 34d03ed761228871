import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { requireOwnNames, trimName } from '../values/account-names.ts'

/** What somebody may call themselves: it stands in mail to an address that is not proved yet, so it is no link. */
export const Username = z
  .string()
  .overwrite(trimName)
  .regex(
    /^(?!\p{N}+$)[\p{L}\p{N}][\p{L}\p{M}\p{N}._@'’+-]{0,127}$/u,
    "a username has 1 to 128 letters, digits, dots, _, @, ', + or -, and is no number",
  )

/**
 * What a member may be called, who has an address and no extension.
 * @throws {Refusal} `input_invalid`
 */
export const requireOwnName = (username: string, email: string): void =>
  requireOwnNames({ username, email, extension: null })

/**
 * Says in words which of them somebody else has.
 * @throws {Refusal} `taken`, or what it was given
 */
export function describeConflict(err: unknown): never {
  if (!(err instanceof Refusal && err.code === 'taken')) throw err
  const detail =
    err.detail === 'email' ? 'This address has an account already' : 'This username is somebody else’s'
  throw new Refusal('taken', { detail, cause: err })
}

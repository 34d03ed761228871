import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { requireOwnNames, trimName } from '../values/account-names.ts'

/** A self-chosen username. It is mailed to unverified addresses, so it must not be able to form a link. */
export const Username = z
  .string()
  .overwrite(trimName)
  .regex(
    /^(?!\p{N}+$)[\p{L}\p{N}][\p{L}\p{M}\p{N}._@'’+-]{0,127}$/u,
    "a username has 1 to 128 letters, digits, dots, _, @, ', + or -, and is no number",
  )

/**
 * @throws {Refusal} `input_invalid` for the form of a name that belongs to others, such as another address
 */
export const requireOwnName = (username: string, email: string): void =>
  requireOwnNames({ username, email, extension: null })

/**
 * Words the detail of a `taken` error for people.
 * @throws {Refusal} `taken` with a readable detail; other errors unchanged
 */
export function describeConflict(err: unknown): never {
  if (!(err instanceof Refusal && err.code === 'taken')) throw err
  const detail = CONFLICTS[err.detail ?? ''] ?? 'This username is somebody else’s'
  throw new Refusal('taken', { detail, cause: err })
}

const CONFLICTS: Readonly<Record<string, string>> = {
  email: 'This address has an account already',
  extension: 'The extension of this invitation has another user by now: ask for a new invitation',
}

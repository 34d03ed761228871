import { z } from 'zod'
import { NewAccount } from '../accounts.ts'
import { mustBeOwnNames } from '../names.ts'
import { Refusal } from '../refusal.ts'

/**
 * One address, and nothing else: no display name, no second one, no line end, so that it can stand in a mail's
 * header. Other scripts come as punycode (RFC 5891), as a mail server without SMTPUTF8 takes no other.
 */
export const Address = z
  .email({
    pattern:
      /^(?!\.)(?!.*\.\.)[A-Za-z0-9_'+.-]{0,63}[A-Za-z0-9_+-]@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})$/,
    error: 'an email address is like name@example.org',
  })
  .max(254)

/** What somebody may call themselves: it stands in mail to an address that is not proved yet, so it is no link. */
export const Username = z
  .string()
  .regex(
    /^(?!\p{N}+$)[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,127}$/u,
    'a username has 1 to 128 letters, digits, dots, _, @, + or -, and is no number',
  )

export const Password = NewAccount.shape.password.max(1024)

/**
 * What a member may be called, who has an address and no extension.
 * @throws {Refusal} `input_invalid`
 */
export const mustBeOwnName = (username: string, email: string): void =>
  mustBeOwnNames({ username, email, extension: null })

/**
 * Says in words which of them somebody else has.
 * @throws {Refusal} `taken`, or what it was given
 */
export function tellTaken(err: unknown): never {
  if (!(err instanceof Refusal && err.code === 'taken')) throw err
  const detail =
    err.detail === 'email' ? 'This address has an account already' : 'This username is somebody else’s'
  throw new Refusal('taken', { detail, cause: err })
}

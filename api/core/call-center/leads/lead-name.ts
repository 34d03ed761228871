import { Refusal } from '../../refusal.ts'
import type { Lead } from './lead.ts'

type Names = Pick<Lead, 'firstName' | 'lastName'>

export const fullName = ({ firstName, lastName }: Names): string =>
  [firstName, lastName].filter(Boolean).join(' ')

/**
 * A name without the marks of text direction (Unicode UAX #9), of which U+202E shows a name in reverse. Joiners stay:
 * Persian and Hindi names need them.
 */
export const cleanName = (name: string): string => name.replace(/\p{Bidi_Control}/gu, '')

/**
 * Resolves first and last name. The last word of `name` is the last name. `name` counts if no part is given, or if a
 * client sends all members back and has changed only `name`.
 * @throws {Refusal} `input_invalid` if the name is empty
 */
export function resolveNames(
  input: { [part in 'name' | keyof Names]?: string | undefined },
  current: Names = { firstName: '', lastName: '' },
): Names {
  const parts = {
    firstName: input.firstName ?? current.firstName,
    lastName: input.lastName ?? current.lastName,
  }
  const isSame = parts.firstName === current.firstName && parts.lastName === current.lastName
  const names =
    input.name !== undefined && isSame && input.name !== fullName(current) ? splitName(input.name) : parts
  if (fullName(names) === '') throw new Refusal('input_invalid', { detail: 'a lead has a name' })
  return names
}

function splitName(name: string): Names {
  const words = name.split(/\s+/).filter(Boolean)
  const names = { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1) ?? '' }
  if (names.firstName.length > 100 || names.lastName.length > 100) {
    throw new Refusal('input_invalid', { detail: 'names have up to 100 characters' })
  }
  return names
}

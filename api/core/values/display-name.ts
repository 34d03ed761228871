import { z } from 'zod'
import { normalizeName, trimName } from './account-names.ts'
import { mixesScripts } from './email.ts'
import { oneLine } from './one-line.ts'

/**
 * The name of a person as others see it: one line, trimmed, without control characters. It has a letter, so
 * that no name looks like a phone number, and no piles of accents that cover the lines around it.
 */
export const DisplayName = z
  .string()
  .overwrite(trimName)
  .regex(oneLine(1, 100), 'a display name has 1 to 100 characters in one line')
  .regex(/\p{L}/u, 'a display name has a letter')
  .regex(/^(?!.*\p{M}{5})/u, 'a display name has at most 4 accents on a letter')

/** Whether a word looks like another one, as `аdmin` with a Cyrillic а; `Отдел IT` does not. */
export const mixesScriptsInWord = (name: string): boolean =>
  name.split(/[^\p{L}\p{M}\p{N}]+/u).some(mixesScripts)

/** Form in which display names are compared with each other and with usernames: as those, with single blanks. */
export const foldDisplayName = (name: string): string => normalizeName(name).replace(/\s+/gu, ' ')

import { z } from 'zod'
import { trimName } from './account-names.ts'

/**
 * The name of a person as others see it: one line, trimmed, without control characters. It has a letter, so
 * that no name looks like a phone number.
 */
export const DisplayName = z
  .string()
  .overwrite(trimName)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u, 'a display name has 1 to 100 characters in one line')
  .regex(/\p{L}/u, 'a display name has a letter')

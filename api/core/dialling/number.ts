import { Refusal } from '../refusal.ts'

/** What a PBX is ever asked to dial. */
export const DIALLABLE = /^\+?[0-9*#]{1,32}$/

/** What people put between digits. A `/` at the ends would be a pattern's, so only the one within is taken. */
const SEPARATORS = /[ ().-]|(?<=[0-9)] ?)\/(?= ?[0-9(])/g
/** Longer is no number, however many separators it has. */
const MOST_CHARACTERS = 64

/**
 * Takes the separators from a number. Nothing else is mended: digits of other scripts, letters and control
 * characters are refused rather than guessed at.
 * @throws {Refusal} `input_invalid`
 */
export function cleanNumber(text: string): string {
  const number = text.length > MOST_CHARACTERS ? '' : text.replace(SEPARATORS, '')
  if (DIALLABLE.test(number)) return number
  throw new Refusal('input_invalid', {
    detail: 'a number is up to 32 digits, * and #, with a + before them or not',
  })
}

import type { NumberPrefix } from '../dial-policy/number-variants.ts'
import { foldCase } from '../values/fold-case.ts'
import type { CallRecord, HistorySearch } from './call-history.ts'

const MAX_WORDS = 5

/** The text of a call that is searched: numbers and names of both sides, a line each. */
export const toSearchText = (call: Pick<CallRecord, 'fromNumber' | 'fromName' | 'toNumber' | 'toName'>) =>
  foldCase([call.fromNumber, call.fromName, call.toNumber, call.toName].join('\n'))

/**
 * Reads what a person typed: words of names, or a phone number in any spelling.
 * @param prefixesOf prefixes of stored numbers that a number begins with; may throw for a text that is no number
 */
export function toHistorySearch(
  text: string,
  prefixesOf: (number: string) => readonly NumberPrefix[],
): HistorySearch {
  const isNumber = /^\+?[\d\s()./-]*\d[\d\s()./-]*$/.test(text)
  // A number in another spelling, such as with blanks, is one word.
  const folded = isNumber ? text.replace(/[^\d+]/g, '') : foldCase(text)
  const words = folded.split(/\s+/u).filter((word) => word !== '')
  return { words: words.slice(0, MAX_WORDS), numbers: isNumber ? orNone(() => prefixesOf(text)) : [] }
}

function orNone(find: () => readonly NumberPrefix[]): readonly NumberPrefix[] {
  try {
    return find()
  } catch {
    return []
  }
}

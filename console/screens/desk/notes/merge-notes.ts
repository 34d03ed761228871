/**
 * Joins two texts that were written from the same one, so that no word is lost: what both begin and end with stays once,
 * and what they differ in follows each other.
 *
 * @param base what both began with
 * @param theirs stored at the server meanwhile
 * @param ours written here
 */
export function mergeNotes(base: string, theirs: string, ours: string): string {
  if (theirs === ours || theirs === base) return ours
  if (ours === base) return theirs
  // One goes on where the other ends: an earlier state of ours that was stored although its answer was lost.
  if (ours.startsWith(theirs)) return ours
  if (theirs.startsWith(ours)) return theirs
  const [one, other] = [wordsOf(theirs), wordsOf(ours)]
  const start = sharedLength(one, other)
  const end = sharedLength(one.slice(start).reverse(), other.slice(start).reverse())
  const middle = (text: string[]) => text.slice(start, text.length - end).join('')
  const [added, own] = [middle(one), middle(other)]
  const gap = added !== '' && own !== '' ? '\n' : ''
  return [...other.slice(0, start), added, gap, own, ...other.slice(other.length - end)].join('')
}

/** Words and what stands between them; joined, they are the text. */
const wordsOf = (text: string) => text.split(/(?<=\s)|(?=\s)/)

function sharedLength(a: string[], b: string[]): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

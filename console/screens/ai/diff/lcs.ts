/** A run of neighbouring items that both texts have, or that one of them has. */
export interface Run {
  kind: 'same' | 'deleted' | 'inserted'
  items: readonly string[]
}

/** Cells of the table: 8 MB at most. Larger differences are one deletion and one insertion. */
const MAX_CELLS = 4_000_000

/**
 * The difference of two lists by their longest common subsequence. Equal items at both ends do not count towards the
 * bound. In each change the deletion is before the insertion, and neighbouring runs are of different kinds.
 */
export function diffItems(before: readonly string[], after: readonly string[]): Run[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let [endBefore, endAfter] = [before.length, after.length]
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore -= 1
    endAfter -= 1
  }
  return [
    { kind: 'same' as const, items: before.slice(0, start) },
    ...diffMiddle(before.slice(start, endBefore), after.slice(start, endAfter)),
    { kind: 'same' as const, items: before.slice(endBefore) },
  ].filter(({ items }) => items.length > 0)
}

function diffMiddle(before: readonly string[], after: readonly string[]): Run[] {
  const whole: Run[] = [
    { kind: 'deleted', items: before },
    { kind: 'inserted', items: after },
  ]
  if (before.length * after.length > MAX_CELLS) return whole
  const lengths = commonLengths(before, after)
  const width = after.length + 1
  const runs: Run[] = []
  let deleted: string[] = []
  let inserted: string[] = []
  let same: string[] = []
  const endChange = () => {
    runs.push({ kind: 'deleted', items: deleted }, { kind: 'inserted', items: inserted })
    deleted = []
    inserted = []
  }
  const endSame = () => {
    runs.push({ kind: 'same', items: same })
    same = []
  }
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    const [left, right] = [before[i], after[j]]
    if (left !== undefined && left === right) {
      if (same.length === 0) endChange()
      same.push(left)
      i += 1
      j += 1
      continue
    }
    if (same.length > 0) endSame()
    const withoutLeft = lengths[(i + 1) * width + j] ?? -1
    const withoutRight = lengths[i * width + j + 1] ?? -1
    if (left !== undefined && (right === undefined || withoutLeft >= withoutRight)) {
      deleted.push(left)
      i += 1
    } else if (right !== undefined) {
      inserted.push(right)
      j += 1
    }
  }
  endChange()
  endSame()
  return runs
}

/** In row `i`, column `j`: how many items the rests from there have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array {
  const width = after.length + 1
  // With the bound, the shorter list is below 2 001 items, so that each length fits.
  const lengths = new Uint16Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const cell = i * width + j
      lengths[cell] =
        before[i] === after[j]
          ? (lengths[cell + width + 1] ?? 0) + 1
          : Math.max(lengths[cell + width] ?? 0, lengths[cell + 1] ?? 0)
    }
  }
  return lengths
}

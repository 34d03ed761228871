import { diffItems, type Run } from './lcs.ts'

/** A line of one text or of both, without the line feed behind it. */
export interface DiffLine {
  kind: Run['kind']
  /** Joined, they are the line; none is empty. `isChanged`: the counterpart in the other text does not have it. */
  parts: readonly { text: string; isChanged: boolean }[]
}

/**
 * Compares two texts by lines, and the lines of a change by words. The lines that are not `inserted`, joined by line
 * feeds, are `before`; those that are not `deleted` are `after`.
 */
export function diffTexts(before: string, after: string): DiffLine[] {
  const runs = diffItems(linesOf(before), linesOf(after))
  return runs.flatMap(({ kind, items }, at): DiffLine[] => {
    const [previous, next] = [runs[at - 1], runs[at + 1]]
    if (kind === 'deleted' && next?.kind === 'inserted')
      return items.map((line, row) => markWords(kind, line, next.items[row]))
    if (kind === 'inserted' && previous?.kind === 'deleted')
      return items.map((line, row) => markWords(kind, line, previous.items[row]))
    return items.map((line) => ({ kind, parts: partsOf(line, kind !== 'same') }))
  })
}

function markWords(kind: 'deleted' | 'inserted', line: string, counterpart: string | undefined): DiffLine {
  if (counterpart === undefined) return { kind, parts: partsOf(line, true) }
  const [before, after] = kind === 'deleted' ? [line, counterpart] : [counterpart, line]
  const own = diffItems(wordsOf(before), wordsOf(after)).filter(
    (run) => run.kind === 'same' || run.kind === kind,
  )
  return { kind, parts: own.map((run) => ({ text: run.items.join(''), isChanged: run.kind !== 'same' })) }
}

const partsOf = (text: string, isChanged: boolean) => (text === '' ? [] : [{ text, isChanged }])
const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'))
/** Words, blanks and single signs; joined, they are the line. */
const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}\p{M}_]+|\s+|[\s\S]/gu) ?? []

/** What is shown of a comparison: changed lines, and unchanged ones around them. */
export type ShownLine = DiffLine | { kind: 'gap'; lines: number }

/** @param around how many unchanged lines are shown before and after a change; a gap has two lines or more */
export function foldUnchanged(lines: readonly DiffLine[], around = 3): ShownLine[] {
  const isNear = lines.map(() => false)
  for (const [at, { kind }] of lines.entries()) {
    if (kind !== 'same') isNear.fill(true, Math.max(0, at - around), at + around + 1)
  }
  const shown: ShownLine[] = []
  for (let at = 0; at < lines.length; ) {
    const next = isNear.indexOf(true, at)
    const end = next === -1 ? lines.length : next
    if (end - at > 1) shown.push({ kind: 'gap', lines: end - at })
    else shown.push(...lines.slice(at, end))
    const far = isNear.indexOf(false, end)
    at = far === -1 ? lines.length : far
    shown.push(...lines.slice(end, at))
  }
  return shown
}

import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What a person typed is not what a command takes; the message is one line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * `parseArgs`, with one line for a person that suggests what was meant.
 * @throws {UsageError}
 */
export function parseArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && String(err.code).startsWith('ERR_PARSE_ARGS'))) throw err
    const [first = ''] = err.message.split(/\. |\n/)
    const unknown = /^Unknown option '(--?[^']+)'/.exec(first)?.[1]
    const names = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    throw new UsageError(
      `${first}${unknown === undefined ? '' : didYouMean(unknown, [...names, '--help'])}; see --help`,
    )
  }
}

/** @returns `; did you mean X?` where one of `known` is close to `word`, else nothing */
export function didYouMean(word: string, known: readonly string[]): string {
  const typed = word.toLowerCase()
  const [best] = known
    .map((one) => ({
      one,
      distance: one.startsWith(typed) && typed.length > 2 ? 1 : editDistance(typed, one),
    }))
    .filter(({ one, distance }) => distance <= Math.max(1, Math.floor(one.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return best === undefined ? '' : `; did you mean ${best.one}?`
}

/** How many letters are wrong, missing, too many, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    const above = rows[i - 1] ?? []
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    rows.push(row)
  }
  return rows.at(-1)?.at(-1) ?? 0
}

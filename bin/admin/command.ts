import { didYouMean, UsageError } from '../arguments.ts'

/** A command that cannot run as given. The message names the reason and what to do. */
export class CommandError extends UsageError {
  override name = 'CommandError'
}

/** A command of one noun: `hookswitch <noun> <verb> …`. */
export interface Command {
  /** One line or more a verb, as `--help` shows them. */
  help: string
  verbs: readonly string[]
  /** @throws {UsageError} */
  run(args: string[]): Promise<void>
}

/** For a verb that there is not. */
export function unknownVerb(noun: string, verb: string | undefined, verbs: readonly string[]): CommandError {
  const all = verbs.length === 1 ? verbs[0] : `${verbs.slice(0, -1).join(', ')} or ${verbs.at(-1)}`
  const suggestion = verb === undefined ? '' : didYouMean(verb, verbs)
  return new CommandError(`${noun} ${all}${suggestion}; see ${noun} --help`)
}

/** Lines of columns, each as wide as its widest word. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((word, at) => word.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Unix seconds as people and programs both read them. */
export const formatTime = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`

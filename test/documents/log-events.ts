import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../support/build.ts'

/** Folders of the programs that log. */
const FOLDERS = ['api', 'bin', 'contract', 'relay', 'runtime', 'sidecar']

const sourcesOf = (folder: string) =>
  readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(project, folder, name), 'utf8'))

export const readSources = (): string[] => FOLDERS.flatMap(sourcesOf)

const literalsIn = (text: string) => [...text.matchAll(/'([a-z0-9_]+)'/g)].map(([, literal = '']) => literal)

/** Unions of text literals by the name of their type: `type X = 'a' | 'b'`. */
function unionsOf(sources: readonly string[]): Map<string, string[]> {
  const pattern = /\btype (\w+) =\s*((?:\|?\s*'[a-z0-9_]+'\s*)+)/g
  return new Map(
    sources
      .flatMap((source) => [...source.matchAll(pattern)])
      .map(([, name = '', union = '']) => [name, literalsIn(union)]),
  )
}

/** Failure subjects: the first argument of what `failureLogger(log)` returns. */
function subjectsOf(source: string): string[] {
  const names = [...source.matchAll(/\b(\w+) = failureLogger\(/g)].map(([, name]) => name)
  const calls = ['failureLogger\\([^()]*\\)', 'logFailure', 'reportFailure', ...names].join('|')
  return [...source.matchAll(new RegExp(`(?:${calls})\\(\\s*'(\\w+)'`, 'g'))].map(
    ([, subject = '']) => subject,
  )
}

/**
 * Every event that a program may log, sorted. An event is the value of a member `event`, a text literal that stands
 * where a parameter or member `event` has a union type, or `<subject>_failed` and `<subject>_recovered` of
 * `failureLogger`.
 */
export function eventsIn(sources: readonly string[]): string[] {
  const unions = unionsOf(sources)
  const named = sources.flatMap((source) =>
    // Not the names of Node's emitters, as in `on(event: 'error', …)`.
    [
      ...source.matchAll(/(?<!\b(?:on|once|emit)\()\bevent\??:\s*([^,;})\n]*(?:\n\s*\|[^\n,;})]*)*)/g),
    ].flatMap(([, value = '']) => [...literalsIn(value), ...(unions.get(value.trim()) ?? [])]),
  )
  const failures = sources
    .flatMap(subjectsOf)
    .flatMap((subject) => [`${subject}_failed`, `${subject}_recovered`])
  return [...new Set([...named, ...failures])].sort()
}

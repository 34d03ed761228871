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

/** Events of failures: by the first argument of what `failureLogger(log)` returns; its `once` logs no recovery. */
function failureEventsOf(source: string): string[] {
  const names = [...source.matchAll(/\b(\w+) = failureLogger\(/g)].map(([, name]) => name)
  const calls = ['failureLogger\\([^()]*\\)', 'logFailure', 'reportFailure', ...names].join('|')
  return [...source.matchAll(new RegExp(`(?:${calls})(\\.once)?\\(\\s*'(\\w+)'`, 'g'))].flatMap(
    ([, once, subject]) =>
      once === undefined ? [`${subject}_failed`, `${subject}_recovered`] : [`${subject}_failed`],
  )
}

/**
 * Every event that a program may log, sorted. An event is the value of a member `event`, a text literal that stands
 * where a parameter or member `event` has a union type, or one of `failureLogger`.
 */
export function eventsIn(sources: readonly string[]): string[] {
  const unions = unionsOf(sources)
  const named = sources.flatMap((source) =>
    // Not the names of Node's emitters, as in `on(event: 'error', …)`.
    [
      ...source.matchAll(/(?<!\b(?:on|once|emit)\()\bevent\??:\s*([^,;})\n]*(?:\n\s*\|[^\n,;})]*)*)/g),
    ].flatMap(([, value = '']) => [...literalsIn(value), ...(unions.get(value.trim()) ?? [])]),
  )
  return [...new Set([...named, ...sources.flatMap(failureEventsOf)])].sort()
}

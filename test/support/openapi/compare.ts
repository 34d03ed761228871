import { isDeepStrictEqual } from 'node:util'

/**
 * Compares two OpenAPI documents, or any two JSON values. Members may stand in any order; list entries may not.
 *
 * @returns one line for each difference with its JSON Pointer (RFC 6901), such as `removed /paths/~1health`;
 *   empty if the documents are equal
 */
export function compareDocuments(before: unknown, after: unknown, pointer = ''): string[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(before) || !isObject(after)) {
    return [`changed ${pointer}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`]
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].sort().flatMap((name) => {
    const member = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!Object.hasOwn(after, name)) return [`removed ${member}`]
    if (!Object.hasOwn(before, name)) return [`added ${member}`]
    return compareDocuments(before[name], after[name], member)
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

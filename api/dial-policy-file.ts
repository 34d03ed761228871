import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { SettingsError } from '../contract/env.ts'
import { createPolicy } from './core/dialling/create-policy.ts'
import type { DialPolicy } from './core/dialling/policy.ts'
import { PolicyFile } from './core/dialling/policy-file.ts'

/** How often the file is looked at, at most, in ms. */
const LOOK_MS = 1_000

/**
 * The dial policy of a file, read again when it changes. A change that cannot be read changes nothing.
 * @param path undefined for the defaults
 * @throws {SettingsError} where there is none to begin with
 */
export function openDialPolicy(
  path: string | undefined,
  onTrouble: (err: unknown) => void,
  now: () => number = Date.now,
): () => DialPolicy {
  if (path === undefined) {
    const policy = createPolicy(PolicyFile.parse({}))
    return () => policy
  }
  let policy = read(path)
  let stamp = stampOf(path)
  let lookedAt = now()
  return () => {
    if (now() - lookedAt < LOOK_MS) return policy
    lookedAt = now()
    const seen = stampOf(path)
    if (seen === stamp) return policy
    stamp = seen
    try {
      policy = read(path)
    } catch (err) {
      onTrouble(err)
    }
    return policy
  }
}

/** @throws {SettingsError} with every fault and its place */
function read(path: string): DialPolicy {
  const fault = (why: string) => new SettingsError(`HOOKSWITCH_DIAL_POLICY: ${path} ${why}`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw fault('cannot be read')
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (err) {
    throw fault(`is no JSON: ${err instanceof Error ? err.message : err}`)
  }
  const file = PolicyFile.safeParse(json)
  if (!file.success) throw fault(`is wrong: ${z.prettifyError(file.error)}`)
  return createPolicy(file.data)
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs}.${size}.${ino}`
  } catch {
    return 'gone'
  }
}

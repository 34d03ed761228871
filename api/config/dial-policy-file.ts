import { readFileSync, statSync } from 'node:fs'
import { SettingsError } from '../../runtime/env.ts'
import { plainWords } from '../../runtime/validation-message.ts'
import { createPolicy } from '../core/dial-policy/create-dial-policy.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { PolicyFile } from '../core/dial-policy/policy-file.ts'

/** How often the file is looked at, at most, in ms. */
const LOOK_MS = 1_000

/**
 * The dial policy of a file, read again when it changes. A change that cannot be read changes nothing.
 * @param path undefined for the defaults
 * @param monotonic in ms
 * @throws {SettingsError} where there is none to begin with
 */
export function openDialPolicy(
  path: string | undefined,
  onTrouble: (err: unknown) => void,
  monotonic: () => number = () => performance.now(),
): () => DialPolicy {
  if (path === undefined) {
    const policy = createPolicy(PolicyFile.parse({}))
    return () => policy
  }
  // Before it is read: what is written in between is then read next time.
  let stamp = stampOf(path)
  let policy = read(path)
  let lookedAt = monotonic()
  return () => {
    if (monotonic() - lookedAt < LOOK_MS) return policy
    lookedAt = monotonic()
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
  if (file.success) return createPolicy(file.data)
  throw fault(`is wrong: ${plainWords(file.error, { whole: 'the file', most: 5_000 })}`)
}

function stampOf(path: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true })
    return `${mtimeNs}.${size}.${ino}`
  } catch {
    return 'gone'
  }
}

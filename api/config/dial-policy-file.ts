import { readFileSync, statSync } from 'node:fs'
import { SettingsError } from '../../runtime/env.ts'
import { createFailureReporter, type FailureHandler } from '../../runtime/failure-reporter.ts'
import { validationMessage } from '../../runtime/validation-message.ts'
import { createDialPolicy } from '../core/dial-policy/create-dial-policy.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { PolicyFile } from '../core/dial-policy/policy-file.ts'

/** The file is checked for changes at most this often, in ms. */
const CHECK_INTERVAL_MS = 1_000

/**
 * The dial policy of a file, reloaded when the file changes. While the new content is invalid, the previous policy stays.
 * Each new content that is invalid is reported at once.
 * @param path undefined for the defaults
 * @param monotonic in ms
 * @throws {SettingsError} if the first read fails
 */
export function watchDialPolicyFile(
  path: string | undefined,
  onFailure: FailureHandler,
  monotonic: () => number = () => performance.now(),
): () => DialPolicy {
  if (path === undefined) {
    const policy = createDialPolicy(PolicyFile.parse({}))
    return () => policy
  }
  // Before the read: a write in between is then seen by the next check.
  let version = fileVersion(path)
  let policy = readDialPolicy(path)
  let checkedAt = monotonic()
  let isInvalid = false
  const reporter = createFailureReporter(onFailure)
  return () => {
    if (monotonic() - checkedAt < CHECK_INTERVAL_MS) return policy
    checkedAt = monotonic()
    const currentVersion = fileVersion(path)
    const isNewVersion = currentVersion !== version
    // An invalid file is read again also without a new version: a change of its mode gives it none.
    if (!isNewVersion && !isInvalid) return policy
    version = currentVersion
    try {
      policy = readDialPolicy(path)
      isInvalid = false
      reporter.succeeded()
    } catch (err) {
      isInvalid = true
      reporter.failed(err, isNewVersion)
    }
    return policy
  }
}

/** @throws {SettingsError} with every error and its place */
function readDialPolicy(path: string): DialPolicy {
  const settingsError = (why: string) => new SettingsError(`HOOKSWITCH_DIAL_POLICY: ${path} ${why}`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw settingsError('cannot be read')
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (err) {
    throw settingsError(`is no JSON: ${err instanceof Error ? err.message : err}`)
  }
  const file = PolicyFile.safeParse(json)
  if (file.success) return createDialPolicy(file.data)
  throw settingsError(`is wrong: ${validationMessage(file.error, { subject: 'the file', maxLength: 5_000 })}`)
}

function fileVersion(path: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true })
    return `${mtimeNs}.${size}.${ino}`
  } catch {
    return 'gone'
  }
}

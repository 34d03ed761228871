import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import type { SecurityEvent, SecurityLog } from '../../core/auth/security-log.ts'

/** The texts of MikoPBX's security log, which fail2ban filters match. */
function messageOf(event: SecurityEvent): string {
  switch (event.event) {
    case 'authn_login_success':
      return `[AUTH_SUCCESS] User ${event.username} logged in successfully`
    case 'authn_login_fail':
      return event.username === ''
        ? '[AUTH_FAILED] Failed login attempt for empty user'
        : `[AUTH_FAILED] Failed login attempt for user: ${event.username}`
    case 'authn_login_throttled':
      return `[AUTH_FAILED] Throttled login attempt for user: ${event.username}`
    case 'authn_directory_refused':
      return `[DIRECTORY] ${event.source} refused ${event.username}: ${event.reason}`
    case 'authn_provider_login_fail':
      return `[PROVIDER_LOGIN_FAILED] ${event.provider}: ${event.reason}: ${event.changes}`
    case 'authn_token_reuse':
      return `[TOKEN_REUSE] A refresh secret of user ID ${event.userId} was used again`
    case 'authn_password_change_fail':
      return `[AUTH_FAILED] Wrong current password for user: ${event.username}`
    case 'authn_second_factor_fail':
      return `[AUTH_FAILED] Wrong second factor for user: ${event.username}`
    case 'authn_passkey_copied':
      return `[AUTH_FAILED] A copied passkey was used for user: ${event.username}`
    case 'authn_recovery_code_used':
      return `[SECOND_FACTOR] A recovery code was used by user: ${event.username}`
    case 'authn_password_reset_request':
      return `[PASSWORD] A link to reset a password was requested for: ${event.username}`
    case 'authn_password_reset':
      return `[PASSWORD] User ID ${event.userId} reset their password by a mailed link`
    case 'session_ended':
      return `[SESSION_ENDED] A session of user ID ${event.userId} was ended (${event.reason})`
    case 'session_logout':
      return `[LOGOUT] User ID ${event.userId} logged out`
    default:
      return `[${event.event.toUpperCase()}] ${event.target} by ${event.actorId}${event.changes === undefined ? '' : `: ${event.changes}`}`
  }
}

/**
 * One line of JSON; its last member is the text that fail2ban reads. Typed text is truncated to 128 characters, and
 * characters that could forge a second line or a second `From:` are escaped.
 */
export function formatSecurityEvent(event: SecurityEvent, at: Date): string {
  const time = at.toISOString()
  const fields = Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, sanitize(value)]),
  ) as SecurityEvent // the same members with sanitized text
  const stamp = time.slice(0, 19).replace('T', ' ')
  return JSON.stringify({
    time,
    ...fields,
    message: `${messageOf(fields)} | From: ${fields.address} | Time: ${stamp}`,
  })
}

function sanitize(text: string): string {
  return text
    .toWellFormed()
    .slice(0, 128)
    .replace(/[\p{C}\p{Zl}\p{Zp}|\\"]/gu, (char) => `%${char.codePointAt(0)?.toString(16)}`)
}

/** Lines that wait while the file cannot be written: more than a burst of logins produces within a second. */
const MAX_QUEUED_LINES = 10_000

/**
 * Appends to a file with mode 0600. It opens the file for each write, so log rotation needs no signal; lines that wait
 * are written together. A failed write is reported to `onFailure` and never fails a login.
 *
 * @param append for tests: writes that hang
 */
export function createSecurityLog(
  path: string,
  onFailure: FailureHandler,
  now = () => new Date(),
  append: (path: string, text: string, options: { mode: number }) => Promise<void> = appendFile,
): SecurityLog {
  const reporter = createFailureReporter(onFailure)
  const folderReady = mkdir(dirname(path), { recursive: true, mode: 0o700 }).then(
    () => {},
    (err) => reporter.failed(err),
  )
  let queue: string[] = []
  let dropped = 0
  let isWriting = false

  async function flush() {
    isWriting = true
    await folderReady
    while (queue.length > 0) {
      const text = queue.join('')
      queue = []
      await append(path, text, { mode: 0o600 }).then(reporter.succeeded, reporter.failed)
    }
    isWriting = false
    if (dropped > 0) {
      reporter.failed(new Error(`${dropped} lines were left out, as the file took none`), true)
    }
    dropped = 0
  }

  return {
    write(event) {
      if (queue.length < MAX_QUEUED_LINES) queue.push(`${formatSecurityEvent(event, now())}\n`)
      else dropped += 1
      if (!isWriting) void flush()
    },
  }
}

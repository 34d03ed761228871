import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SecurityEvent, SecurityLog } from '../../core/auth/security-log.ts'

/** The words of MikoPBX's security log, which fail2ban filters look for. */
function wordsOf(event: SecurityEvent): string {
  switch (event.event) {
    case 'authn_login_success':
      return `[AUTH_SUCCESS] User ${event.username} logged in successfully`
    case 'authn_login_fail':
      return event.username === ''
        ? '[AUTH_FAILED] Failed login attempt for empty user'
        : `[AUTH_FAILED] Failed login attempt for user: ${event.username}`
    case 'authn_login_throttled':
      return `[AUTH_FAILED] Throttled login attempt for user: ${event.username}`
    case 'authn_token_reuse':
      return `[TOKEN_REUSE] A refresh secret of user ID ${event.userId} was used again`
    case 'session_ended':
      return `[SESSION_ENDED] A session of user ID ${event.userId} was ended (${event.reason})`
    case 'session_logout':
      return `[LOGOUT] User ID ${event.userId} logged out`
  }
}

/**
 * One line of JSON, whose last member is the line fail2ban reads. What a person typed is cut to 128
 * characters and loses what could forge a second line or a second `From:`.
 */
export function securityLine(event: SecurityEvent, at: Date): string {
  const time = at.toISOString()
  const fields = Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, plain(value)]),
  ) as SecurityEvent // the same members, with the text in them made plain
  const stamp = time.slice(0, 19).replace('T', ' ')
  return JSON.stringify({
    time,
    ...fields,
    message: `${wordsOf(fields)} | From: ${fields.address} | Time: ${stamp}`,
  })
}

function plain(text: string): string {
  return text
    .toWellFormed()
    .slice(0, 128)
    .replace(/[\p{C}\p{Zl}\p{Zp}|\\"]/gu, (char) => `%${char.codePointAt(0)?.toString(16)}`)
}

/** Lines that wait for a file that takes none: more than a storm of logins leaves behind within a second. */
const MOST_WAITING = 10_000

/**
 * Appends to a file that only this user reads. Opened each time, so that rotation needs no signal; what came
 * meanwhile goes in one piece. A line that cannot be written is trouble for the log, not for the login.
 *
 * @param append for a file that hangs
 */
export function openSecurityLog(
  path: string,
  onTrouble: (err: unknown) => void,
  now = () => new Date(),
  append: (path: string, text: string, options: { mode: number }) => Promise<void> = appendFile,
): SecurityLog {
  const isThere = mkdir(dirname(path), { recursive: true, mode: 0o700 }).then(() => {}, onTrouble)
  let waiting: string[] = []
  let lost = 0
  let isWriting = false

  async function writeAll() {
    isWriting = true
    await isThere
    while (waiting.length > 0) {
      const text = waiting.join('')
      waiting = []
      await append(path, text, { mode: 0o600 }).catch(onTrouble)
    }
    isWriting = false
    if (lost > 0) onTrouble(new Error(`${lost} lines were left out, as the file took none`))
    lost = 0
  }

  return {
    write(event) {
      if (waiting.length < MOST_WAITING) waiting.push(`${securityLine(event, now())}\n`)
      else lost += 1
      if (!isWriting) void writeAll()
    },
  }
}

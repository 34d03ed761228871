import { backoffMs } from '../app/backoff.ts'
import { codeOf } from './error-code.ts'
import type { BlockedReason, PhoneCredentials } from './phone-types.ts'

/** Credentials that are always valid: fetched, and fetched again before they expire. */
export interface CredentialRenewal {
  /** @param onFirst once the first are here */
  start(onFirst: (credentials: PhoneCredentials) => void): void
  /** The registrar refused them: fetches others, after a pause that grows while it goes on refusing. */
  refused(): void
  /** The registrar accepted them. */
  accepted(): void
  /** Timers slept, with the machine or a hidden tab: fetches at once if it is time. */
  check(): void
  stop(): void
}

export interface CredentialRenewalNeeds {
  fetch(): Promise<PhoneCredentials>
  onRenewed(credentials: PhoneCredentials): void
  /** The API refuses for good. */
  onBlocked(reason: BlockedReason): void
}

/** Codes of refusals that no repetition overcomes. */
const FINAL: Record<string, BlockedReason> = {
  conflict: 'no_extension',
  not_supported: 'not_supported',
  session_ended: 'session_ended',
}
/** Of the time that is left when they are fetched: the rest is for a slow API. */
const RENEW_AFTER = 0.75
const SHORTEST_MS = 5_000

export function createCredentialRenewal(needs: CredentialRenewalNeeds): CredentialRenewal {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let due = Number.POSITIVE_INFINITY
  let failures = 0
  let refusals = 0
  let onFirst: ((credentials: PhoneCredentials) => void) | undefined

  const plan = (delay: number) => {
    due = Date.now() + delay
    clearTimeout(timer)
    timer = setTimeout(() => void renew(), delay)
  }
  async function renew() {
    due = Number.POSITIVE_INFINITY
    clearTimeout(timer)
    let next: PhoneCredentials
    try {
      next = await needs.fetch()
    } catch (err) {
      if (!isRunning) return
      const reason = FINAL[codeOf(err)]
      if (reason !== undefined) {
        isRunning = false
        return needs.onBlocked(reason)
      }
      failures += 1
      return plan(backoffMs(failures))
    }
    if (!isRunning) return
    failures = 0
    plan(Math.max(SHORTEST_MS, (Date.parse(next.expires_at) - Date.now()) * RENEW_AFTER))
    if (onFirst === undefined) return needs.onRenewed(next)
    const first = onFirst
    onFirst = undefined
    first(next)
  }
  return {
    start(first) {
      isRunning = true
      onFirst = first
      void renew()
    },
    refused() {
      if (!isRunning) return
      refusals += 1
      plan(backoffMs(refusals))
    },
    accepted() {
      refusals = 0
    },
    check() {
      if (isRunning && Date.now() >= due) void renew()
    },
    stop() {
      isRunning = false
      clearTimeout(timer)
    },
  }
}

import { Refusal } from '../refusal.ts'
import type { SecurityLog } from './security-log.ts'

/**
 * For the `catch` of a password or code that is verified: writes to the security log that there were too many attempts,
 * and throws the error again.
 */
export const logThrottled =
  (securityLog: SecurityLog, about: { username: string; address: string }) =>
  (err: unknown): never => {
    if (err instanceof Refusal && err.code === 'throttled')
      securityLog.write({ event: 'authn_login_throttled', ...about })
    throw err
  }

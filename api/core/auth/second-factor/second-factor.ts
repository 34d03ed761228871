import { Refusal } from '../../refusal.ts'
import type { AccountAttempts } from '../login-attempts.ts'
import { attemptTargetOf } from '../password-check.ts'
import type { SecurityLog } from '../security-log.ts'
import { logThrottled } from '../throttled-attempt.ts'
import type { User } from '../users.ts'
import type { FactorStore, RequiresFactor } from './factor-store.ts'
import type { Passkeys } from './passkeys.ts'
import { hashGroups } from './random-groups.ts'
import type { PasskeyAnswer } from './relying-party.ts'
import { findTimeStep } from './totp.ts'

export const FACTOR_METHODS = ['totp', 'passkey', 'recovery_code'] as const
export type FactorMethod = (typeof FACTOR_METHODS)[number]

/** What proves the second factor. */
export type FactorAnswer = { code: string } | { recoveryCode: string } | { passkey: PasskeyAnswer }

/** Which second factor an account needs beside its password. */
export interface FactorNeed {
  /** What the account has and can use here. */
  methods: FactorMethod[]
  /** The role must have a factor and the account has none: the sign-in adds one first. */
  mustEnrol: boolean
}

/** Encrypts a text for one owner: see `createSecretSeal`. */
export interface Seal {
  seal(secret: string, owner: string): string
  /** @throws {Error} for another owner */
  open(sealed: string, owner: string): string
}
/** What the seal authenticates with a secret; no extension has a colon. */
export const sealOwnerOf = (userId: string): string => `totp:${userId}`

/** Decides whether an account needs a second factor, and verifies it. */
export interface SecondFactor {
  /** @returns undefined if the password suffices @throws {Refusal} `unavailable` */
  needOf(user: User): Promise<FactorNeed | undefined>
  /**
   * Verifies one answer; codes are limited per account, over all addresses.
   * @throws {Refusal} `credentials_wrong`, also for a code that was used; `throttled`, `unavailable`
   */
  verify(user: User, answer: FactorAnswer, address: string): Promise<void>
}

export interface SecondFactorNeeds {
  store: Pick<FactorStore, 'stateOf' | 'findTotp' | 'acceptTotpStep' | 'useRecoveryCode'>
  passkeys: Pick<Passkeys, 'isOffered' | 'verifyAuthentication'>
  requiresFactor: RequiresFactor
  attempts: AccountAttempts
  seal: Pick<Seal, 'open'>
  securityLog: SecurityLog
  now: () => number
}

export function createSecondFactor(needs: SecondFactorNeeds): SecondFactor {
  const { store, passkeys, requiresFactor, attempts, seal, securityLog, now } = needs

  async function isRight(user: User, answer: FactorAnswer): Promise<boolean> {
    if ('recoveryCode' in answer) return store.useRecoveryCode(user.id, hashGroups(answer.recoveryCode))
    if (!('code' in answer)) return false
    const totp = await store.findTotp(user.id)
    if (totp?.isConfirmed !== true) return false
    const step = findTimeStep(seal.open(totp.sealedSecret, sealOwnerOf(user.id)), answer.code, now())
    return step !== undefined && store.acceptTotpStep(user.id, totp.sealedSecret, step)
  }

  return {
    async needOf(user) {
      if (user.passwordAuthority === 'provider') return undefined
      const { totpSince, passkeys: count, recoveryCodes } = await store.stateOf(user.id)
      if (totpSince === null && count === 0)
        return requiresFactor(user.role) ? { methods: [], mustEnrol: true } : undefined
      const methods: FactorMethod[] = [
        ...(totpSince === null ? [] : (['totp'] as const)),
        // A public URL that was taken away opens no account: the other methods stay.
        ...(count > 0 && passkeys.isOffered ? (['passkey'] as const) : []),
        ...(recoveryCodes > 0 ? (['recovery_code'] as const) : []),
      ]
      return { methods, mustEnrol: false }
    },

    async verify(user, answer, address) {
      const { id: userId, username } = user
      const refuse = () => {
        securityLog.write({ event: 'authn_second_factor_fail', userId, username, address })
        return new Refusal('credentials_wrong', { detail: 'the second factor is wrong, or was used before' })
      }
      if ('passkey' in answer) {
        await passkeys.verifyAuthentication(user, answer.passkey, address).catch((err) => {
          throw err instanceof Refusal && err.code === 'credentials_wrong' ? refuse() : err
        })
        return
      }
      const attempt = await attempts
        .reserve(attemptTargetOf(user))
        .catch(logThrottled(securityLog, { username, address }))
      let right: boolean
      try {
        right = await isRight(user, answer)
      } catch (err) {
        await attempt.end('void')
        throw err
      }
      await attempt.end(right ? 'void' : 'failure')
      if (!right) throw refuse()
      if ('recoveryCode' in answer)
        securityLog.write({ event: 'authn_recovery_code_used', userId, username, address })
    },
  }
}

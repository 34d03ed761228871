import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AccountAttempts } from '../login-attempts.ts'
import { attemptTargetOf } from '../password-check.ts'
import type { SecurityLog } from '../security-log.ts'
import type { User } from '../users.ts'
import { requireOwnSignIn } from './factor-owner.ts'
import type { FactorOwner, FactorStore } from './factor-store.ts'
import type { Passkeys } from './passkeys.ts'
import { hashGroups, randomGroups } from './random-groups.ts'
import type { PasskeyRegistration, PublicKeyCredentialCreationOptionsJSON } from './relying-party.ts'
import { type Seal, sealOwnerOf } from './second-factor.ts'
import { findTimeStep, newTotpSecret, totpUri } from './totp.ts'

const RECOVERY_CODES = 10
/** 80 random bits. */
const RECOVERY_GROUPS = 4

/** @returns codes that are shown once, and the hashes that are stored */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => randomGroups(RECOVERY_GROUPS))
  return { codes, hashes: codes.map(hashGroups) }
}

/** What a person enters or scans into an authenticator app. */
export interface TotpSetup {
  /** Base32. */
  secret: string
  /** `otpauth:`, for a QR code. */
  uri: string
}

/** What completes an enrolment. */
export type NewFactorAnswer = { code: string } | { passkey: PasskeyRegistration; name: string }

export interface EnrolmentTerms {
  user: User
  owner: FactorOwner
  /** Whether the account must have no factor yet. */
  mustBeFirst: boolean
  address: string
}

/** Adds factors, for an account that the caller has verified. */
export interface FactorEnrolment {
  /** @throws {Refusal} `conflict` with an authenticator app, or where a provider signs the user in */
  beginTotp(terms: Omit<EnrolmentTerms, 'address'>): Promise<TotpSetup>
  /** @throws {Refusal} `not_supported`, `conflict` */
  beginPasskey(terms: Omit<EnrolmentTerms, 'address'>): Promise<PublicKeyCredentialCreationOptionsJSON>
  /**
   * @returns recovery codes, if the account had none
   * @throws {Refusal} `credentials_wrong`, `conflict`, `throttled`, `not_supported`
   */
  complete(terms: EnrolmentTerms, answer: NewFactorAnswer): Promise<string[] | undefined>
}

export interface FactorEnrolmentNeeds {
  store: Pick<FactorStore, 'beginTotp' | 'findTotp' | 'confirmTotp' | 'addPasskey'>
  passkeys: Pick<Passkeys, 'registrationOptions' | 'verifyRegistration'>
  attempts: AccountAttempts
  seal: Seal
  securityLog: SecurityLog
  now: () => number
}

export function createFactorEnrolment(needs: FactorEnrolmentNeeds): FactorEnrolment {
  const { store, passkeys, attempts, seal, securityLog, now } = needs

  /** The time step of a right code for the secret that awaits its confirmation. */
  async function checkNewCode(user: User, code: string): Promise<{ sealedSecret: string; step: number }> {
    const totp = await store.findTotp(user.id)
    if (totp?.isConfirmed !== false) throw new Refusal('conflict', { detail: 'begin again' })
    const attempt = await attempts.reserve(attemptTargetOf(user))
    let step: number | undefined
    try {
      step = findTimeStep(seal.open(totp.sealedSecret, sealOwnerOf(user.id)), code, now())
    } catch (err) {
      await attempt.end('void')
      throw err
    }
    await attempt.end(step === undefined ? 'failure' : 'void')
    if (step === undefined) throw new Refusal('credentials_wrong', { detail: 'the code is wrong' })
    return { sealedSecret: totp.sealedSecret, step }
  }

  return {
    async beginTotp({ user, owner, mustBeFirst }) {
      requireOwnSignIn(user)
      const secret = newTotpSecret()
      await store.beginTotp(owner, seal.seal(secret, sealOwnerOf(user.id)), {
        atS: toUnixSeconds(now()),
        mustBeFirst,
      })
      return { secret, uri: totpUri(secret, user.username) }
    },

    async beginPasskey({ user, owner }) {
      requireOwnSignIn(user)
      return passkeys.registrationOptions(user, owner)
    },

    async complete({ user, owner, mustBeFirst, address }, answer) {
      const { codes, hashes } = newRecoveryCodes()
      const factor = { atS: toUnixSeconds(now()), recoveryHashes: hashes, mustBeFirst }
      let isFirst: boolean
      if ('code' in answer) {
        isFirst = await store.confirmTotp(owner, await checkNewCode(user, answer.code), factor)
      } else {
        const verified = await passkeys.verifyRegistration(owner, answer.passkey)
        isFirst = await store.addPasskey(owner, { ...verified, name: answer.name }, factor)
      }
      securityLog.write({
        event: 'second_factor_added',
        userId: user.id,
        target: user.username,
        changes: 'code' in answer ? 'factor=totp' : `factor=passkey name=${answer.name}`,
        actorId: user.id,
        address,
      })
      return isFirst ? codes : undefined
    },
  }
}

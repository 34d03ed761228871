import { Refusal } from '../../refusal.ts'
import type { SecurityLog } from '../security-log.ts'
import type { UserStore } from '../users.ts'
import { type FactorEnrolment, newRecoveryCodes, type TotpSetup } from './factor-enrolment.ts'
import type { OwnedBy, OwnerCheck } from './factor-owner.ts'
import type { FactorState, FactorStore, Passkey, RequiresFactor } from './factor-store.ts'
import type { PasskeyRegistration, PublicKeyCredentialCreationOptionsJSON } from './relying-party.ts'

export interface OwnFactorList extends Omit<FactorState, 'passkeys'> {
  passkeys: Passkey[]
  /** Whether the role must have a factor. */
  isRequired: boolean
  /** Whether this account can have factors: not where a provider signs it in. */
  isAvailable: boolean
}

/**
 * The second factors of the actor. What begins an enrolment, and what removes something, needs the current password;
 * each throws as `OwnerCheck` and `FactorOwner`.
 */
export interface OwnFactors {
  /** @throws {Refusal} `token_revoked`, `unavailable` */
  list(userId: string): Promise<OwnFactorList>
  beginTotp(by: OwnedBy, currentPassword: string): Promise<TotpSetup>
  /** @returns and @throws as `FactorEnrolment.complete` */
  confirmTotp(by: OwnedBy, code: string): Promise<string[] | undefined>
  removeTotp(by: OwnedBy, currentPassword: string): Promise<void>
  beginPasskey(by: OwnedBy, currentPassword: string): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** @returns and @throws as `FactorEnrolment.complete` */
  addPasskey(by: OwnedBy, response: PasskeyRegistration, name: string): Promise<string[] | undefined>
  removePasskey(by: OwnedBy, id: string, currentPassword: string): Promise<void>
  /** The old codes end. */
  replaceRecoveryCodes(by: OwnedBy, currentPassword: string): Promise<string[]>
}

export interface OwnFactorsNeeds {
  users: Pick<UserStore, 'find'>
  store: FactorStore
  enrolment: FactorEnrolment
  checkOwner: OwnerCheck
  requiresFactor: RequiresFactor
  securityLog: SecurityLog
}

export function createOwnFactors(needs: OwnFactorsNeeds): OwnFactors {
  const { users, store, enrolment, checkOwner, requiresFactor, securityLog } = needs

  const begin = async (by: OwnedBy, currentPassword: string) => ({
    ...(await checkOwner(by, currentPassword)),
    mustBeFirst: false,
  })
  /** The second step of an enrolment: the first one had the password, in the same session. */
  async function complete(
    { actor, address }: OwnedBy,
    answer: Parameters<FactorEnrolment['complete']>[1],
  ): Promise<string[] | undefined> {
    const { userId, sessionId, claims } = actor
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('token_revoked')
    const owner = { userId, sessionId, generation: claims.gen }
    return enrolment.complete({ user, owner, mustBeFirst: false, address }, answer)
  }
  const log = (
    event: 'second_factor_removed' | 'recovery_codes_replaced',
    { actor: { userId }, address }: OwnedBy,
    target: string,
    changes?: string,
  ) =>
    securityLog.write({
      ...{ event, userId, target, actorId: userId, address },
      ...(changes === undefined ? {} : { changes }),
    })

  return {
    async list(userId) {
      const user = await users.find(userId)
      if (user === undefined) throw new Refusal('token_revoked')
      const [state, passkeys] = await Promise.all([store.stateOf(userId), store.listPasskeys(userId)])
      return {
        ...state,
        passkeys,
        isRequired: requiresFactor(user.role),
        isAvailable: user.passwordAuthority !== 'provider',
      }
    },
    beginTotp: async (by, password) => enrolment.beginTotp(await begin(by, password)),
    confirmTotp: (by, code) => complete(by, { code }),
    async removeTotp(by, password) {
      const { owner, username } = await checkOwner(by, password)
      await store.removeTotp(owner, requiresFactor)
      log('second_factor_removed', by, username, 'factor=totp')
    },
    beginPasskey: async (by, password) => enrolment.beginPasskey(await begin(by, password)),
    addPasskey: (by, passkey, name) => complete(by, { passkey, name }),
    async removePasskey(by, id, password) {
      const { owner, username } = await checkOwner(by, password)
      const name = await store.removePasskey(owner, id, requiresFactor)
      log('second_factor_removed', by, username, `factor=passkey name=${name}`)
    },
    async replaceRecoveryCodes(by, password) {
      const { owner, username } = await checkOwner(by, password)
      const { codes, hashes } = newRecoveryCodes()
      await store.replaceRecoveryCodes(owner, hashes)
      log('recovery_codes_replaced', by, username)
      return codes
    },
  }
}

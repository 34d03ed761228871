import { join } from 'node:path'
import type { connectRedis } from '../../runtime/redis.ts'
import type { Config } from '../config/config.ts'
import type { AttemptCountersFor } from '../core/auth/attempt-counters.ts'
import { createFactorAttempts } from '../core/auth/login-attempts.ts'
import { createAppPasswordCheck } from '../core/auth/second-factor/app-passwords.ts'
import { createFactorEnrolment } from '../core/auth/second-factor/factor-enrolment.ts'
import type { RequiresFactor } from '../core/auth/second-factor/factor-store.ts'
import { Ceremony, createPasskeys } from '../core/auth/second-factor/passkeys.ts'
import { toRelyingParty } from '../core/auth/second-factor/relying-party.ts'
import { createSecondFactor } from '../core/auth/second-factor/second-factor.ts'
import type { SecurityLog } from '../core/auth/security-log.ts'
import type { PasswordRequirement } from '../core/auth/sign-in-policy.ts'
import type { UserStore } from '../core/auth/users.ts'
import { createSecretSeal } from '../core/provisioning/sip-secret.ts'
import { Refusal } from '../core/refusal.ts'
import { loadOrCreateSecret } from '../store/files/secret-file.ts'
import { createOneTimeValues } from '../store/redis/one-time-values.ts'
import { createAppPasswordStore } from '../store/sql/auth/app-passwords.ts'
import { createFactorStore } from '../store/sql/auth/factors.ts'
import type { Database } from '../store/sql/database.ts'

interface FactorNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  users: UserStore
  countersFor: AttemptCountersFor
  securityLog: SecurityLog
  now: () => number
}

/** What the logins of all surfaces need of second factors and app passwords. */
export function createFactorModule(needs: FactorNeeds) {
  const { config, db, redis, users, countersFor, securityLog, now } = needs
  const store = createFactorStore(db)
  const appPasswordStore = createAppPasswordStore(db)
  const requiresFactor: RequiresFactor = (role) => config.secondFactorRoles.includes(role)
  const passkeys = createPasskeys({
    relyingParty: toRelyingParty(config.baseUrl),
    ceremonies: createOneTimeValues(redis, 'passkey-ceremony', Ceremony),
    ...{ store, users, securityLog, now },
  })
  const seal = createSecretSeal(loadOrCreateSecret(join(config.keysFolder, 'sip.secret')))
  const attempts = createFactorAttempts(countersFor, config.perAccount)
  const shared = { store, passkeys, attempts, seal, securityLog, now }
  const secondFactor = createSecondFactor({ ...shared, requiresFactor })
  const requireNoSecondStep: PasswordRequirement = async (user) => {
    if ((await secondFactor.needOf(user)) !== undefined) throw new Refusal('second_factor_required')
  }
  return {
    ...{ store, appPasswordStore, passkeys, secondFactor, requiresFactor, requireNoSecondStep },
    appPasswordCheck: createAppPasswordCheck(appPasswordStore, now),
    enrolment: createFactorEnrolment(shared),
  }
}

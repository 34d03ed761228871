import { join } from 'node:path'
import type { connectRedis } from '../../runtime/redis.ts'
import type { Config } from '../config/config.ts'
import type { AttemptCountersFor } from '../core/auth/attempt-counters.ts'
import { createAddressAttempts, createFactorAttempts } from '../core/auth/login-attempts.ts'
import { createPasswordCheck } from '../core/auth/password-check.ts'
import { createAppPasswordCheck, createAppPasswords } from '../core/auth/second-factor/app-passwords.ts'
import { createFactorEnrolment } from '../core/auth/second-factor/factor-enrolment.ts'
import { createOwnerCheck } from '../core/auth/second-factor/factor-owner.ts'
import { createFactorReset } from '../core/auth/second-factor/factor-reset.ts'
import type { RequiresFactor } from '../core/auth/second-factor/factor-store.ts'
import { createOwnFactors } from '../core/auth/second-factor/own-factors.ts'
import { Ceremony, createPasskeys } from '../core/auth/second-factor/passkeys.ts'
import { toRelyingParty } from '../core/auth/second-factor/relying-party.ts'
import { createSecondFactor } from '../core/auth/second-factor/second-factor.ts'
import { createSignIn } from '../core/auth/second-factor/sign-in.ts'
import { createSignInChallenges, SignInChallenge } from '../core/auth/second-factor/sign-in-challenges.ts'
import type { SecurityLog } from '../core/auth/security-log.ts'
import type { PasswordRequirement } from '../core/auth/sign-in-policy.ts'
import type { UserStore } from '../core/auth/users.ts'
import { createSecretSeal } from '../core/provisioning/sip-secret.ts'
import { Refusal } from '../core/refusal.ts'
import type { Guard } from '../http/guard.ts'
import { qrDataUri } from '../http/qr-data-uri.ts'
import { loadOrCreateSecret } from '../store/files/secret-file.ts'
import { createAttemptCounters } from '../store/redis/attempt-counters.ts'
import { createOneTimeValues } from '../store/redis/one-time-values.ts'
import { createRateLimiter } from '../store/redis/rate-limiter.ts'
import { createAppPasswordStore } from '../store/sql/auth/app-passwords.ts'
import { createFactorStore } from '../store/sql/auth/factors.ts'
import type { Database } from '../store/sql/database.ts'
import type { AuthModule } from './auth.ts'

/** How many times as many challenges of passkeys an address may get as failed logins: they prove nothing yet. */
const CHALLENGES_FACTOR = 10

interface FactorNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  users: UserStore
  countersFor: AttemptCountersFor
  securityLog: SecurityLog
  now: () => number
}

export type FactorModule = ReturnType<typeof createFactorModule>

/** What the logins of all surfaces need of second factors and app passwords. */
export function createFactorModule(needs: FactorNeeds) {
  const { config, db, redis, users, countersFor, securityLog, now } = needs
  const store = createFactorStore(db)
  const appPasswordStore = createAppPasswordStore(db)
  const requiresFactor: RequiresFactor = (role) => config.secondFactorRoles.includes(role)
  // An app of an administrator's own may be elsewhere: then the console is at its own address alone.
  const publicUrl = config.publicUrl ?? (config.appUrl === undefined ? config.consoleUrl : undefined)
  const passkeys = createPasskeys({
    relyingParty: toRelyingParty(publicUrl),
    ceremonies: createOneTimeValues(redis, 'passkey-ceremony', Ceremony),
    ...{ store, users, securityLog, now },
  })
  const seal = createSecretSeal(loadOrCreateSecret(join(config.keysFolder, 'sip.secret')))
  const attempts = createFactorAttempts(countersFor, config.perAccount)
  const shared = { store, passkeys, attempts, seal, securityLog, now }
  const secondFactor = createSecondFactor({ ...shared, requiresFactor })
  const requireNoFactor: PasswordRequirement = async (user) => {
    if ((await secondFactor.needOf(user)) !== undefined) throw new Refusal('second_factor_required')
  }
  return {
    ...{ store, appPasswordStore, passkeys, secondFactor, requiresFactor, requireNoFactor },
    appPasswordCheck: createAppPasswordCheck(appPasswordStore, now),
    enrolment: createFactorEnrolment(shared),
  }
}

/** What the routes need, once logins and sessions are there. */
export function createSecondFactorRoutes(needs: {
  config: Config
  redis: ReturnType<typeof connectRedis>
  guard: Guard
  auth: AuthModule
  now: () => number
}) {
  const { config, redis, guard, auth, now } = needs
  const { users, securityLog, factors, sessions, revocationPublisher } = auth
  const { store, passkeys, secondFactor, enrolment, requiresFactor } = factors
  const checkOwner = createOwnerCheck({
    checkPassword: createPasswordCheck(auth.passwordCheckAt('v1', config.perAddress)),
    ...{ users, securityLog },
  })
  return {
    signIn: {
      signIn: createSignIn({
        // The console's own sign-in has one limit, by whichever of the two ways it goes.
        login: auth.createLoginFor('mikopbx', config.mikopbxLogins),
        ...{ users, secondFactor, enrolment, passkeys, securityLog },
        requireRest: auth.requireBesidesFactor,
        challenges: createSignInChallenges({
          store: createOneTimeValues(redis, 'sign-in-challenge', SignInChallenge),
          ...{ users, now },
        }),
        tickets: auth.signInTickets,
        challengeLimiter: createRateLimiter(redis, {
          surface: 'passkey-challenge',
          perAddress: { ...config.perAddress, max: config.perAddress.max * CHALLENGES_FACTOR },
        }),
        addressAttempts: createAddressAttempts(createAttemptCounters(redis), {
          surface: 'passkey',
          perAddress: config.perAddress,
        }),
      }),
      qrDataUri,
    },
    own: {
      guard,
      ownFactors: createOwnFactors({ users, store, enrolment, checkOwner, requiresFactor, securityLog }),
      appPasswords: createAppPasswords({
        store: factors.appPasswordStore,
        revocations: revocationPublisher,
        deleteRefreshState: auth.deleteRefreshState,
        ...{ users, checkOwner, securityLog, now },
      }),
      isPasskeyOffered: passkeys.isOffered,
      qrDataUri,
    },
    resetFactors: createFactorReset({
      longestLifetime: config.longestLifetime,
      ...{ users, store, sessions, revocationPublisher, securityLog, now },
    }),
  }
}

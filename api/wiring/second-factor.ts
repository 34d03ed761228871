import type { connectRedis } from '../../runtime/redis.ts'
import type { Config } from '../config/config.ts'
import { createAddressAttempts } from '../core/auth/login-attempts.ts'
import { createPasswordCheck } from '../core/auth/password-check.ts'
import { createAppPasswords } from '../core/auth/second-factor/app-passwords.ts'
import { createOwnerCheck } from '../core/auth/second-factor/factor-owner.ts'
import { createFactorReset } from '../core/auth/second-factor/factor-reset.ts'
import { createOwnFactors } from '../core/auth/second-factor/own-factors.ts'
import { createSignIn } from '../core/auth/second-factor/sign-in.ts'
import { createSignInChallenges, SignInChallenge } from '../core/auth/second-factor/sign-in-challenges.ts'
import type { Guard } from '../http/guard.ts'
import { qrDataUri } from '../http/qr-data-uri.ts'
import { createAttemptCounters } from '../store/redis/attempt-counters.ts'
import { createOneTimeValues } from '../store/redis/one-time-values.ts'
import { createRateLimiter } from '../store/redis/rate-limiter.ts'
import type { AuthModule } from './auth.ts'

/** How many times as many challenges of passkeys an address may get as failed logins: they prove nothing yet. */
const CHALLENGES_FACTOR = 10

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

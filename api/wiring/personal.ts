import type { connectRedis } from '../../runtime/redis.ts'
import type { Config } from '../config/config.ts'
import { createProfiles } from '../core/auth/profiles.ts'
import type { HistoryStore } from '../core/calls/call-history.ts'
import { createMissedCalls } from '../core/calls/missed-calls.ts'
import type { Directory } from '../core/directory/directory.ts'
import { createPeople } from '../core/directory/people.ts'
import { createPasswordResets } from '../core/registration/password-reset.ts'
import type { Guard } from '../http/guard.ts'
import type { V1RoutesNeeds } from '../http/v1/routes.ts'
import { createMailboxLimiter, createRateLimiter } from '../store/redis/rate-limiter.ts'
import { createAgentStore } from '../store/sql/call-center/agents.ts'
import { createMissedCallMarks } from '../store/sql/calls/missed-call-marks.ts'
import type { Database } from '../store/sql/database.ts'
import { createFavouriteStore } from '../store/sql/directory/favourites.ts'
import { createPasswordResetStore } from '../store/sql/registration/password-resets.ts'
import type { AuthModule } from './auth.ts'

export interface PersonalModuleNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  guard: Guard
  auth: AuthModule
  directory: Directory
  history: HistoryStore
  now: () => number
}

/** What a person's own screens need: account, password, people and missed calls. */
export function createPersonalModule(needs: PersonalModuleNeeds): V1RoutesNeeds['personal'] {
  const { config, db, redis, guard, auth, directory, history, now } = needs
  const { newPasswords: passwords, sessions, revocationPublisher, securityLog, ownPassword } = auth
  return {
    guard,
    profiles: createProfiles(auth.users),
    findAgent: createAgentStore(db).findByUser,
    ownPassword,
    passwordResets: createPasswordResets({
      ...{ passwords, sessions, revocationPublisher, securityLog, now },
      hasMail: config.mail !== undefined,
      store: createPasswordResetStore(db),
      throttle: createRateLimiter(redis, { surface: 'password-reset', perAddress: config.perAddress }),
      mailThrottle: createMailboxLimiter(redis),
      longestLifetime: config.longestLifetime,
    }),
    people: createPeople({ directory, favourites: createFavouriteStore(db), now }),
    missed: createMissedCalls({ history, marks: createMissedCallMarks(db), now }),
  }
}

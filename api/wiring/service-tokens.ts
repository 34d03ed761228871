import type { RevocationCache } from '../../contract/revocation-cache.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { SecurityLog } from '../core/auth/security-log.ts'
import type { ServiceTokenStore } from '../core/auth/service-token-store.ts'
import { createServiceTokens, createServiceTokenUse } from '../core/auth/service-tokens.ts'
import type { RevocationStreamPublisher } from '../store/redis/revocation-publisher.ts'
import type { createRevocationStore } from '../store/sql/auth/revocations.ts'

export interface ServiceTokenModuleNeeds {
  store: ServiceTokenStore
  revocationStore: Pick<ReturnType<typeof createRevocationStore>, 'streamState'>
  revocationPublisher: RevocationStreamPublisher
  revocationCache: Pick<RevocationCache, 'serviceTokens'>
  securityLog: SecurityLog
  log: Logger
  now: () => number
}

/** Joins what concerns the tokens of programs. */
export function createServiceTokenModule(needs: ServiceTokenModuleNeeds) {
  const { store, revocationStore, revocationPublisher, revocationCache, securityLog, log, now } = needs
  const logFailure = failureLogger(log)
  return {
    serviceTokens: createServiceTokens({
      ...{ store, revocationPublisher, securityLog, now },
      async announce(token) {
        revocationCache.serviceTokens.add(token)
        // SQL has the token: the next interval announces it.
        await revocationPublisher
          .announceServiceTokens()
          .catch(logFailure.once('service_token_announcement', 'a service token could not be announced yet'))
      },
      issuingSince: async () => (await revocationStore.streamState())?.cutoff,
    }),
    serviceTokenUse: createServiceTokenUse({
      ...{ store, securityLog, now },
      onError: logFailure.once('service_token_use', 'the use of a service token could not be recorded'),
    }),
  }
}

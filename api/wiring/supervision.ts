import type { Claims } from '../../contract/claims.ts'
import type { TokenVerifier } from '../../contract/verdict.ts'
import type { failureLogger } from '../../runtime/log.ts'
import type { SecurityLog } from '../core/auth/security-log.ts'
import type { FindReach } from '../core/auth/supervisor-reach.ts'
import { newId } from '../core/auth/tokens.ts'
import type { CallTracker } from '../core/calls/call-tracker.ts'
import type { CallWaiter } from '../core/calls/call-waiter.ts'
import { createLegSelection } from '../core/calls/leg-selection.ts'
import { createOwnPhone } from '../core/calls/own-phone.ts'
import type { Pbx } from '../core/calls/pbx.ts'
import { createSupervision, type SupervisionControl } from '../core/calls/supervision/create-supervision.ts'
import { createEndSupervisions } from '../core/calls/supervision/end-supervisions.ts'
import { createLiveSupervisions } from '../core/calls/supervision/live-supervisions.ts'
import type {
  SessionMark,
  SupervisionLevel,
  SupervisionStore,
} from '../core/calls/supervision/supervision.ts'
import { createSupervisorViews, type SupervisorViews } from '../core/calls/supervision/supervisor-views.ts'
import { createWatchSupervisions } from '../core/calls/supervision/watch-supervisions.ts'
import type { IdempotencyKeys } from '../core/dial-policy/dial-limits.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import type { Directory } from '../core/directory/directory.ts'

export interface SupervisionModuleNeeds {
  config: { supervision: SupervisionLevel; supervisionNotice: boolean; ringMs: number }
  store: SupervisionStore
  tracker: CallTracker
  waiter: CallWaiter
  directory: Directory
  registered(extension: string): { phone: boolean; web: boolean }
  reachOf: FindReach
  tokenVerifier: Pick<TokenVerifier, 'checkClaims'>
  policy: () => DialPolicy
  idempotencyKeys: IdempotencyKeys
  securityLog: SecurityLog
  pbx: Pbx
  logFailure: ReturnType<typeof failureLogger>
  now: () => number
}

export interface SupervisionModule {
  control: SupervisionControl
  views: SupervisorViews
  watch: ReturnType<typeof createWatchSupervisions>
  /** Whether the user's phone listens to a call, or rings to do so. */
  isSupervising(userId: string): boolean
}

/** Joins what concerns supervisors who listen to calls. */
export function createSupervisionModule(needs: SupervisionModuleNeeds): SupervisionModule {
  const { config, store, tracker, waiter, directory, reachOf, policy, securityLog, now } = needs
  const { pbx } = needs
  const onFailure = needs.logFailure.once('supervision_end', 'a supervision could not be ended at once')
  const live = createLiveSupervisions({
    store,
    findCall: tracker.find,
    onError: needs.logFailure.once('listener', 'a listener failed'),
  })
  const ends = createEndSupervisions({
    ...{ live, store, pbx, securityLog, onFailure },
    nameOf: (userId) => directory.findByUser(userId)?.username ?? '',
  })
  const watch = createWatchSupervisions({
    ...{ live, ends, tracker, directory, reachOf, now, policy, ringMs: config.ringMs },
    isSessionLive: (session) => needs.tokenVerifier.checkClaims(claimsOf(session)) === undefined,
    isOnline: () => pbx.state().online,
    onFailure,
  })
  return {
    watch,
    views: createSupervisorViews({ live, tracker, directory, notice: config.supervisionNotice }),
    isSupervising: (userId) => live.ofSupervisor(userId) !== undefined,
    control: createSupervision({
      ...{ level: config.supervision, pbx, tracker, waiter, live, ends, store, directory },
      legs: createLegSelection({ tracker, directory, reachOf }),
      ownPhone: createOwnPhone({ directory, registered: needs.registered }),
      ...{ reachOf, policy, idempotencyKeys: needs.idempotencyKeys, securityLog, newId, now },
      ringMs: config.ringMs,
    }),
  }
}

/** The token is renewed while the session goes on; what counts is the session. */
const claimsOf = ({ sxp, ...mark }: SessionMark): Claims => ({
  ...mark,
  iss: 'hookswitch',
  aud: 'hookswitch',
  exp: sxp ?? Number.MAX_SAFE_INTEGER,
})

import type { TokenVerifier } from '../../contract/verdict.ts'
import type { IntervalJobs } from '../../runtime/interval-jobs.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import type { toPbxConfig } from '../config/pbx.ts'
import type { SecurityLog } from '../core/auth/security-log.ts'
import type { FindReach } from '../core/auth/supervisor-reach.ts'
import { newId } from '../core/auth/tokens.ts'
import type { UserStore } from '../core/auth/users.ts'
import { type BrowserCalls, createBrowserCalls } from '../core/calls/browser-calls.ts'
import type { CallControl } from '../core/calls/call-control.ts'
import type { HistoryStore, PlacedCallStore } from '../core/calls/call-history.ts'
import { startCallNotifier } from '../core/calls/call-notifier.ts'
import { type CallTracker, createCallTracker } from '../core/calls/call-tracker.ts'
import { createCallWaiter } from '../core/calls/call-waiter.ts'
import { createCallControl } from '../core/calls/create-call-control.ts'
import { createDeviceStates } from '../core/calls/device-states.ts'
import { createHistoryWriter } from '../core/calls/history-writer.ts'
import { noPbx } from '../core/calls/no-pbx.ts'
import type { PbxState } from '../core/calls/pbx.ts'
import { createPbxEventDispatcher } from '../core/calls/pbx-event-dispatcher.ts'
import { createPbxLink } from '../core/calls/pbx-link.ts'
import { createPlaceCall } from '../core/calls/place-call.ts'
import { needsFileNames, parseRecordingTemplate } from '../core/calls/recording-template.ts'
import { createSoftphoneCommands } from '../core/calls/softphone-commands.ts'
import type { SupervisionStore } from '../core/calls/supervision/supervision.ts'
import { toCallRecord } from '../core/calls/to-call-record.ts'
import type { Clearance } from '../core/dial-policy/clearance.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { createDirectory, type Directory } from '../core/directory/directory.ts'
import type { Snapshots } from '../core/messaging/snapshots.ts'
import type { UserMessages } from '../core/messaging/user-messages.ts'
import { createPhoneStates, type PhoneStates } from '../core/presence/phone-states.ts'
import { createUserStatuses, type UserStatuses } from '../core/presence/user-status.ts'
import type { OnlineUsersReader, UserStatusStore } from '../core/presence/user-status-store.ts'
import { createDialLimits } from '../store/redis/dial-limits.ts'
import { createIdempotencyKeys } from '../store/redis/idempotency-keys.ts'
import { createLease } from '../store/redis/lease.ts'
import { CHANNEL_TECHNOLOGY, openAsterisk } from './asterisk.ts'
import { startCallJobs } from './call-jobs.ts'
import { startPresence } from './presence.ts'
import { createSupervisionModule, type SupervisionModule } from './supervision.ts'

export interface CallModuleNeeds {
  /** `timeZone` is the one that the PBX uses in the names of recordings. */
  config: ReturnType<typeof toPbxConfig> & { timeZone: string }
  policy: () => DialPolicy
  clearance: Clearance
  redis: ReturnType<typeof connectRedis>
  users: Pick<UserStore, 'listPhoneUsers' | 'revision'>
  reachOf: FindReach
  history: HistoryStore
  placedCalls: PlacedCallStore
  supervisionStore: SupervisionStore
  tokenVerifier: Pick<TokenVerifier, 'checkClaims'>
  securityLog: SecurityLog
  statusStore: UserStatusStore
  onlineUsers: OnlineUsersReader
  userMessages: UserMessages
  snapshots: Pick<Snapshots, 'publish'>
  log: Logger
  now: () => number
  monotonic: () => number
}

/** Calls and presence, joined. */
export interface CallModule {
  calls: CallControl
  supervision: Pick<SupervisionModule, 'control' | 'views' | 'isSupervising'>
  browserCalls: BrowserCalls
  callTracker: Pick<CallTracker, 'find' | 'live' | 'ofEndpoints' | 'onChange'>
  statuses: UserStatuses
  directory: Directory
  /** Whether the PBX takes commands. */
  isOnline(): boolean
  /** Undefined without a PBX in the settings. */
  pbxState: (() => Pick<PbxState, 'online' | 'offlineSince'>) | undefined
  presence: Pick<PhoneStates, 'isReachable' | 'isDnd'> & {
    /** Whether the user has a live stream or socket at any node. */
    isOnline(userId: string): boolean
  }
  open(): void
  close(): Promise<void>
}

/**
 * Added to the ringing time of the own phone: a placed call that the PBX has not reported by then never began. Longer
 * than a request may be old when it is sent (`SEND_TIMEOUT_MS`).
 */
const CALL_REPORT_GRACE_MS = 10_000

export function createCallModule(needs: CallModuleNeeds): CallModule {
  const { config, redis, reachOf, userMessages, placedCalls, policy, log, now, monotonic } = needs
  const clearNumber = needs.clearance
  const logFailure = failureLogger(log)
  const hasPbx = config.pbx !== undefined
  const onError = logFailure.once('listener', 'a listener failed')

  // State
  const directory = createDirectory({
    users: needs.users,
    endpointTemplate: config.endpointTemplate,
    webEndpointTemplate: config.webEndpointTemplate,
    onError,
  })
  const deviceStates = createDeviceStates(onError)
  const phoneStates = createPhoneStates({
    technology: CHANNEL_TECHNOLOGY,
    directory,
    deviceStateOf: deviceStates.stateOf,
  })
  const extensionOf = (endpoint: string) => directory.findByEndpoint(endpoint)?.extension
  const tracker = createCallTracker({
    isOwnEndpoint: directory.isOwnEndpoint,
    numberOf: extensionOf,
    onError,
    now,
    defer: (work) => setImmediate(work),
  })
  const waiter = createCallWaiter(tracker)
  const lease = createLease({
    redis,
    name: 'pbx',
    instance: newId(),
    monotonic,
    onFailure: logFailure('lease_request', 'the lease could not be requested'),
    onListenerError: onError,
  })
  const statuses = createUserStatuses({ store: needs.statusStore, userMessages, now, onError })
  const softphones = createSoftphoneCommands({ userMessages, onlineUsers: needs.onlineUsers, now, onError })
  const limits = createDialLimits(redis)

  // History
  const recordingNames = parseRecordingTemplate(config.recordingTemplate, config.timeZone, extensionOf)
  const historyWriter = createHistoryWriter({
    tracker,
    history: needs.history,
    placedCalls,
    limits,
    lease,
    toCallRecord: (call) =>
      toCallRecord(call, (endpoint) => directory.findByEndpoint(endpoint), recordingNames),
    findPerson: (userId) => directory.findByUser(userId),
    isOnline: () => pbx.state().online,
    hangUp: (callId) => pbx.hangup(callId, 'normal'),
    now,
    placeTimeoutMs: config.ringMs + CALL_REPORT_GRACE_MS,
    onError: (err, callId) =>
      log.warn(
        { event: 'call_history_entry_failed', callId, err },
        'a call could not be written to the history',
      ),
  })

  // The PBX
  const asterisk =
    config.pbx &&
    openAsterisk({
      config: config.pbx,
      needsFileNames: needsFileNames(config.recordingTemplate),
      onEvent: createPbxEventDispatcher({
        ...{ tracker, deviceStates, historyWriter },
        supervisions: { handle: (event) => supervision.watch.handle(event) },
      }),
      onSnapshot({ at, channels }) {
        tracker.reconcile(channels, at)
        supervision.watch.reconcile(channels)
        presencePublisher.changed()
      },
      newId,
      now,
      log,
    })
  const pbx = asterisk?.pbx ?? noPbx
  const pbxLink = createPbxLink({
    state: pbx.state,
    lease,
    onChange: () => presencePublisher.changed(),
    now,
  })

  const idempotencyKeys = createIdempotencyKeys(redis)
  const supervision = createSupervisionModule({
    ...{ config, tracker, waiter, directory, reachOf, policy, pbx, idempotencyKeys, logFailure, now },
    store: needs.supervisionStore,
    registered: phoneStates.registered,
    tokenVerifier: needs.tokenVerifier,
    securityLog: needs.securityLog,
  })

  // What is published
  if (hasPbx)
    startCallNotifier({
      tracker,
      directory,
      userMessages,
      lease,
      supervisors: supervision.views,
      onFailure: logFailure('call_notification', 'a call could not be reported to a user'),
    })
  const presencePublisher = startPresence({
    hasPbx,
    tracker,
    deviceStates,
    phoneStates,
    directory,
    statuses,
    softphones,
    isPbxOffline: pbxLink.isOffline,
    snapshots: needs.snapshots,
    lease,
    onFailure: logFailure('presence_publish', 'presence could not be published'),
  })

  // Commands
  const calls = createCallControl({
    dial: createPlaceCall({
      pbx,
      waiter,
      policy,
      clearNumber,
      limits,
      idempotencyKeys,
      placedCalls,
      directory,
      registered: phoneStates.registered,
      reachOf,
      newId,
      now,
      ringMs: config.ringMs,
    }),
    pbx,
    tracker,
    waiter,
    clearNumber,
    placedCalls,
    directory,
    reachOf,
    softphones,
    answerByNotify: config.answerByNotify,
    supervision: config.supervision,
  })

  let jobs: IntervalJobs | undefined

  return {
    calls,
    supervision,
    browserCalls: createBrowserCalls({ tracker, pbx }),
    callTracker: tracker,
    statuses,
    directory,
    isOnline: () => pbx.state().online,
    pbxState: hasPbx ? pbx.state : undefined,
    presence: { ...phoneStates, isOnline: softphones.isOnline },
    open() {
      asterisk?.open()
      jobs = startCallJobs(
        { directory, statuses, softphones, historyWriter, pbxLink, tracker, supervisions: supervision.watch },
        logFailure,
      )
    },
    async close() {
      jobs?.stop()
      presencePublisher.close()
      await asterisk?.close()
      await lease.close()
    },
  }
}

import { type IntervalJob, startInterval } from '../../runtime/interval.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import { createAsterisk } from '../asterisk/asterisk.ts'
import { toPbxEvents } from '../asterisk/event-mapper.ts'
import type { PbxConfig, toPbxConfig } from '../config/pbx.ts'
import type { FindReach } from '../core/auth/supervisor-reach.ts'
import { newId } from '../core/auth/tokens.ts'
import type { UserStore } from '../core/auth/users.ts'
import type { CallControl } from '../core/calls/call-control.ts'
import type { HistoryStore, PlacedCallStore } from '../core/calls/call-history.ts'
import { startCallNotifier } from '../core/calls/call-notifier.ts'
import { type CallTracker, createCallTracker } from '../core/calls/call-tracker.ts'
import { createCallWaiter } from '../core/calls/call-waiter.ts'
import { createCallControl } from '../core/calls/create-call-control.ts'
import { createDeviceStates } from '../core/calls/device-states.ts'
import { createHistoryWriter } from '../core/calls/history-writer.ts'
import { noPbx } from '../core/calls/no-pbx.ts'
import type { Pbx } from '../core/calls/pbx.ts'
import type { PbxEvent } from '../core/calls/pbx-events.ts'
import { createPlaceCall } from '../core/calls/place-call.ts'
import { needsFileNames, parseRecordingTemplate } from '../core/calls/recording-template.ts'
import { createSoftphoneCommands } from '../core/calls/softphone-commands.ts'
import { toCallRecord } from '../core/calls/to-call-record.ts'
import type { Clearance } from '../core/dial-policy/clearance.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { createDirectory, type Directory } from '../core/directory/directory.ts'
import type { Snapshots } from '../core/messaging/snapshots.ts'
import type { UserMessages } from '../core/messaging/user-messages.ts'
import { activeCalls } from '../core/presence/active-calls.ts'
import { isPhoneDnd } from '../core/presence/phone-dnd.ts'
import { createPresencePublisher } from '../core/presence/presence-publisher.ts'
import { createUserStatuses, type UserStatuses } from '../core/presence/user-status.ts'
import type { OnlineUsersReader, UserStatusStore } from '../core/presence/user-status-store.ts'
import { queuesOf, usersState } from '../core/presence/users-state.ts'
import { createDialLimits } from '../store/redis/dial-limits.ts'
import { createIdempotencyKeys } from '../store/redis/idempotency-keys.ts'
import { createLease } from '../store/redis/lease.ts'
import { createAmiClientFactory } from './ami-client-factory.ts'

export interface CallModuleNeeds {
  /** `timeZone` is the one that the PBX names recordings by. */
  config: ReturnType<typeof toPbxConfig> & { timeZone: string }
  policy: () => DialPolicy
  clearance: Clearance
  redis: ReturnType<typeof connectRedis>
  users: Pick<UserStore, 'listPhoneUsers' | 'revision'>
  reachOf: FindReach
  history: HistoryStore
  placedCalls: PlacedCallStore
  statusStore: UserStatusStore
  onlineUsers: OnlineUsersReader
  userMessages: UserMessages
  snapshots: Pick<Snapshots, 'publish'>
  log: Logger
  now: () => number
  monotonic: () => number
}

/** Everything about calls and presence, joined. */
export interface CallModule {
  calls: CallControl
  /** What is known of calls, for rooms that look at many. */
  callTracker: Pick<CallTracker, 'find' | 'live' | 'ofEndpoint' | 'onChange'>
  statuses: UserStatuses
  directory: Directory
  isOnline(): boolean
  presence: {
    /** Whether the user has a live stream or socket anywhere. */
    isOnline(userId: string): boolean
    /** Whether the phone of an extension is registered. */
    isReachable(extension: string): boolean
    /** Whether it is set to do-not-disturb at the PBX. */
    isDnd(extension: string): boolean
  }
  open(): void
  close(): Promise<void>
}

/** What Asterisk calls the phones it speaks SIP with: chan_sip is gone. */
const CHANNEL_TECHNOLOGY = 'PJSIP'
/** How much longer than the own phone may ring the PBX has to tell of a call: one that it has not told of never was. */
const CALL_REPORT_GRACE_MS = 10_000
/** A PBX that restarts is back by then; longer, and nobody can be reached. */
const PBX_OFFLINE_GRACE_MS = 3_000
/** Longer than others take to ask for the lease. */
const STEP_DOWN_MS = 2_000
const STEP_DOWN_INTERVAL_MS = 30_000

export function createCallModule(needs: CallModuleNeeds): CallModule {
  const { config, redis, reachOf, userMessages, placedCalls, log, now, monotonic } = needs
  const logFailure = failureLogger(log)
  const hasPbx = config.pbx !== undefined

  const onError = logFailure('listener', 'a listener failed')

  // What is known.
  const directory = createDirectory({
    users: needs.users,
    endpointTemplate: config.endpointTemplate,
    onError,
  })
  const deviceStates = createDeviceStates(onError)
  const tracker = createCallTracker({
    isOwnEndpoint: directory.isOwnEndpoint,
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
    onError: logFailure('lease_request', 'the lease could not be requested'),
  })

  // Who keeps and tells it.
  const statuses = createUserStatuses({ store: needs.statusStore, userMessages, now, onError })
  const softphones = createSoftphoneCommands({ userMessages, onlineUsers: needs.onlineUsers, now, onError })
  const limits = createDialLimits(redis)
  const recordingNames = parseRecordingTemplate(config.recordingTemplate, config.timeZone)
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
    now,
    placeTimeoutMs: config.ringMs + CALL_REPORT_GRACE_MS,
    onError: (what, err) => logFailure('call_history_entry', what)(err),
  })

  // The PBX itself.
  const asterisk = config.pbx && openAsterisk(config.pbx)
  const pbx: Pbx = asterisk?.pbx ?? noPbx
  const isPbxOffline = () => {
    const { online, offlineSince } = pbx.state()
    return !online && (offlineSince === undefined || now() - offlineSince > PBX_OFFLINE_GRACE_MS)
  }
  const deviceStateOf = (extension: string) =>
    deviceStates.stateOf(`${CHANNEL_TECHNOLOGY}/${directory.endpointOf(extension)}`)

  // What everybody may see of it.
  if (hasPbx)
    startCallNotifier({
      tracker,
      directory,
      userMessages,
      lease,
      onError: logFailure('call_notification', 'a call could not be reported to a user'),
    })
  const presencePublisher = createPresencePublisher({
    snapshots: needs.snapshots,
    lease,
    bodies: hasPbx
      ? {
          'users-state': () => ({ ...currentUsersState() }),
          'active-calls': () => activeCalls(isPbxOffline() ? [] : tracker.live()),
        }
      : {},
    onError: logFailure('presence_publish', 'presence could not be published'),
  })
  const currentUsersState = () =>
    usersState({
      users: directory.all(),
      isPbxOnline: !isPbxOffline(),
      callsOf: ({ extension }) => tracker.ofEndpoint(directory.endpointOf(extension)),
      endpointOf: directory.endpointOf,
      deviceStateOf: ({ extension }) => deviceStateOf(extension),
      statusOf: statuses.statusOf,
      isDnd: ({ extension }) => isPhoneDnd(extension, deviceStates.stateOf),
      isUserOnline: softphones.isOnline,
      queues: queuesOf(deviceStates.all()),
    })
  tracker.onChange(() => presencePublisher.changed())
  deviceStates.onChange(() => presencePublisher.changed())
  directory.onChange(() => presencePublisher.changed())
  statuses.onChange(() => presencePublisher.changed())
  softphones.onChange(() => presencePublisher.changed())

  const { policy, clearance: clearNumber } = needs
  const calls = createCallControl({
    dial: createPlaceCall({
      pbx,
      waiter,
      policy,
      clearNumber,
      limits,
      idempotencyKeys: createIdempotencyKeys(redis),
      placedCalls,
      directory,
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
  })

  let wasOffline = true
  let steppedDownAt = 0
  const jobs: IntervalJob[] = []
  return {
    calls,
    callTracker: tracker,
    statuses,
    directory,
    isOnline: () => pbx.state().online,
    presence: {
      isOnline: softphones.isOnline,
      isReachable: (extension) => !['unknown', 'unavailable', undefined].includes(deviceStateOf(extension)),
      isDnd: (extension) => isPhoneDnd(extension, deviceStates.stateOf),
    },
    open() {
      asterisk?.open()
      jobs.push(
        startInterval(
          3_000,
          directory.refresh,
          logFailure('directory_refresh', 'the directory of users could not be read'),
        ),
        startInterval(
          2_000,
          statuses.refresh,
          logFailure('user_status_refresh', 'user statuses could not be read'),
        ),
        startInterval(
          1_000,
          softphones.refresh,
          logFailure('online_users_refresh', 'the users who are online could not be read'),
        ),
        startInterval(
          5_000,
          historyWriter.flush,
          logFailure('call_history_write', 'call history could not be written'),
        ),
        startInterval(
          1_000,
          async () => checkPbxLink(),
          logFailure('pbx_link_check', 'the link to the PBX could not be checked'),
        ),
        startInterval(
          1_000,
          async () => tracker.tick(),
          logFailure('call_tracker_tick', 'ended calls could not be removed from the tracker'),
        ),
      )
    },
    async close() {
      for (const chore of jobs) chore.stop()
      presencePublisher.close()
      await asterisk?.close()
      await lease.close()
    },
  }

  /** Being away too long is no event, so somebody has to look. */
  function checkPbxLink() {
    if (isPbxOffline() !== wasOffline) presencePublisher.changed()
    wasOffline = isPbxOffline()
    // Another API may reach the PBX. Where none does, it soon comes back, and somebody says that nobody can.
    if (wasOffline && now() - steppedDownAt > STEP_DOWN_INTERVAL_MS && lease.fence() !== undefined) {
      steppedDownAt = now()
      lease.stepDown(STEP_DOWN_MS)
    }
  }

  function handleEvent(event: PbxEvent) {
    if (event.kind === 'clock_set_back') deviceStates.shiftBack(event.setBackBy)
    if (event.kind === 'device') deviceStates.handle(event)
    else if (event.kind === 'cdr') historyWriter.addCdr(event)
    else tracker.handle(event)
  }

  function openAsterisk({ events, control, ...settings }: PbxConfig) {
    const { dialContext, transferContext, parkingLot, ringContext, recordingFolder } = settings
    const open = createAmiClientFactory(settings, log)
    return createAsterisk({
      events: open(events, 'system,call,cdr,agent', true),
      control: open(control, 'call', false),
      toPbxEvents,
      onEvent: handleEvent,
      onSnapshot({ epoch, at, channels }) {
        tracker.reconcile(channels, at)
        log.info({ event: 'pbx_snapshot', epoch, channels: channels.size }, 'the PBX was read')
        presencePublisher.changed()
      },
      onOffline: () => log.warn({ event: 'pbx_offline' }, 'the PBX is away'),
      settings: {
        technology: CHANNEL_TECHNOLOGY,
        parkTimeoutMs: 45_000,
        ...{ dialContext, transferContext, parkingLot, ringContext, recordingFolder },
        needsFileNames: needsFileNames(config.recordingTemplate),
      },
      newEpoch: newId,
      now,
      onError: (event, message, err) => log.warn({ event, err }, message),
    })
  }
}

import { type Chore, every } from '../../runtime/interval.ts'
import { type Logger, troubleFor } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import { createAsterisk } from '../asterisk/asterisk.ts'
import { factsOf } from '../asterisk/event-mapper.ts'
import type { PbxConfig, pbxOf } from '../config/pbx.ts'
import type { FindReach } from '../core/auth/supervisor-reach.ts'
import { newId } from '../core/auth/tokens.ts'
import type { UserStore } from '../core/auth/users.ts'
import type { Calls } from '../core/calls/call-control.ts'
import type { DialledStore, HistoryStore } from '../core/calls/call-history.ts'
import { createTelling } from '../core/calls/call-notifier.ts'
import { type CallTable, createCallTable } from '../core/calls/call-tracker.ts'
import { createWatch } from '../core/calls/call-waiter.ts'
import { createCalls } from '../core/calls/create-call-control.ts'
import { createDeviceBook } from '../core/calls/device-states.ts'
import { createKeeping } from '../core/calls/history-writer.ts'
import { noPbx } from '../core/calls/no-pbx.ts'
import type { Pbx } from '../core/calls/pbx.ts'
import type { Fact } from '../core/calls/pbx-events.ts'
import { createDialling } from '../core/calls/place-call.ts'
import { asksForFiles, parseRecordingTemplate } from '../core/calls/recording-template.ts'
import { createSoftphones } from '../core/calls/softphone-commands.ts'
import { recordOf } from '../core/calls/to-call-record.ts'
import type { Clearance } from '../core/dial-policy/clearance.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { createDirectory, type Directory } from '../core/directory/directory.ts'
import type { Snapshots } from '../core/messaging/snapshots.ts'
import type { News } from '../core/messaging/user-messages.ts'
import { activeCalls } from '../core/presence/active-calls.ts'
import { isPhoneDnd } from '../core/presence/phone-dnd.ts'
import { createPublishing } from '../core/presence/presence-publisher.ts'
import { createStatuses, type Statuses } from '../core/presence/user-status.ts'
import type { LiveUsers, StatusStore } from '../core/presence/user-status-store.ts'
import { queuesOf, usersState } from '../core/presence/users-state.ts'
import { createDialLimits } from '../store/redis/dial-limits.ts'
import { createDialKeys } from '../store/redis/idempotency-keys.ts'
import { createLease } from '../store/redis/lease.ts'
import { createAmiOpener } from './ami-client-factory.ts'

export interface TelephonyNeeds {
  /** `timeZone` is the one that the PBX names recordings by. */
  config: ReturnType<typeof pbxOf> & { timeZone: string }
  policy: () => DialPolicy
  clear: Clearance
  redis: ReturnType<typeof connectRedis>
  users: Pick<UserStore, 'people' | 'revision'>
  reachOf: FindReach
  history: HistoryStore
  dialled: DialledStore
  statusStore: StatusStore
  liveUsers: LiveUsers
  news: News
  snapshots: Pick<Snapshots, 'publish'>
  log: Logger
  now: () => number
  monotonic: () => number
}

/** Everything about calls and presence, joined. */
export interface Telephony {
  calls: Calls
  /** What is known of calls, for rooms that look at many. */
  table: Pick<CallTable, 'find' | 'live' | 'ofEndpoint' | 'onChange'>
  statuses: Statuses
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
const TECHNOLOGY = 'PJSIP'
/** How much longer than the own phone may ring the PBX has to tell of a call: one that it has not told of never was. */
const GRACE_MS = 10_000
/** A PBX that restarts is back by then; longer, and nobody can be reached. */
const AWAY_MS = 3_000
/** Longer than others take to ask for the lease. */
const PASS_FOR_MS = 2_000
const PASS_EVERY_MS = 30_000

export function createTelephony(needs: TelephonyNeeds): Telephony {
  const { config, redis, reachOf, news, dialled, log, now, monotonic } = needs
  const trouble = troubleFor(log)
  const hasPbx = config.pbx !== undefined

  const onTrouble = trouble('a listener failed')

  // What is known.
  const directory = createDirectory({
    users: needs.users,
    endpointTemplate: config.endpointTemplate,
    onTrouble,
  })
  const devices = createDeviceBook(onTrouble)
  const table = createCallTable({
    isOwnEndpoint: directory.isPhone,
    onTrouble,
    now,
    later: (work) => setImmediate(work),
  })
  const watch = createWatch(table)
  const lease = createLease({
    redis,
    name: 'pbx',
    instance: newId(),
    monotonic,
    onTrouble: trouble('the lease cannot be asked for'),
  })

  // Who keeps and tells it.
  const statuses = createStatuses({ store: needs.statusStore, news, now, onTrouble })
  const softphones = createSoftphones({ news, liveUsers: needs.liveUsers, now, onTrouble })
  const limits = createDialLimits(redis)
  const recordingNames = parseRecordingTemplate(config.recordingTemplate, config.timeZone)
  const keeping = createKeeping({
    table,
    history: needs.history,
    dialled,
    limits,
    lease,
    recordOf: (call) => recordOf(call, (endpoint) => directory.ofEndpoint(endpoint), recordingNames),
    personOf: (userId) => directory.ofUser(userId),
    isOnline: () => pbx.state().online,
    now,
    askedForMs: config.ringMs + GRACE_MS,
    onTrouble: (what, err) => trouble(what)(err),
  })

  // The PBX itself.
  const asterisk = config.pbx && openAsterisk(config.pbx)
  const pbx: Pbx = asterisk?.pbx ?? noPbx
  const isAway = () => {
    const { online, offlineSince } = pbx.state()
    return !online && (offlineSince === undefined || now() - offlineSince > AWAY_MS)
  }
  const deviceOf = (extension: string) => devices.stateOf(`${TECHNOLOGY}/${directory.endpointOf(extension)}`)

  // What everybody may see of it.
  if (hasPbx) createTelling({ table, directory, news, lease, onTrouble: trouble('a user could not be told') })
  const publishing = createPublishing({
    snapshots: needs.snapshots,
    lease,
    bodies: hasPbx
      ? {
          'users-state': () => ({ ...everybody() }),
          'active-calls': () => activeCalls(isAway() ? [] : table.live()),
        }
      : {},
    onTrouble: trouble('presence could not be published'),
  })
  const everybody = () =>
    usersState({
      people: directory.all(),
      isOnline: !isAway(),
      callsOf: ({ extension }) => table.ofEndpoint(directory.endpointOf(extension)),
      endpointOf: directory.endpointOf,
      deviceOf: ({ extension }) => deviceOf(extension),
      statusOf: statuses.of,
      isDnd: ({ extension }) => isPhoneDnd(extension, devices.stateOf),
      isLive: softphones.isOnline,
      queues: queuesOf(devices.all()),
    })
  table.onChange(() => publishing.changed())
  devices.onChange(() => publishing.changed())
  directory.onChange(() => publishing.changed())
  statuses.onChange(() => publishing.changed())
  softphones.onChange(() => publishing.changed())

  const { policy, clear } = needs
  const calls = createCalls({
    dial: createDialling({
      pbx,
      watch,
      policy,
      clear,
      limits,
      keys: createDialKeys(redis),
      dialled,
      directory,
      reachOf,
      newId,
      now,
      ringMs: config.ringMs,
    }),
    pbx,
    table,
    watch,
    clear,
    dialled,
    directory,
    reachOf,
    softphones,
    answerByNotify: config.answerByNotify,
  })

  let wasAway = true
  let passedAt = 0
  const chores: Chore[] = []
  return {
    calls,
    table,
    statuses,
    directory,
    isOnline: () => pbx.state().online,
    presence: {
      isOnline: softphones.isOnline,
      isReachable: (extension) => !['unknown', 'unavailable', undefined].includes(deviceOf(extension)),
      isDnd: (extension) => isPhoneDnd(extension, devices.stateOf),
    },
    open() {
      asterisk?.open()
      chores.push(
        every(3_000, directory.refresh, trouble('the users could not be read')),
        every(2_000, statuses.refresh, trouble('what people say of themselves could not be read')),
        every(1_000, softphones.refresh, trouble('who is live could not be read')),
        every(5_000, keeping.tend, trouble('calls could not be kept')),
        every(1_000, async () => noteAway(), trouble('presence could not be looked at')),
        every(1_000, async () => table.sweep(), trouble('calls could not be swept')),
      )
    },
    async close() {
      for (const chore of chores) chore.stop()
      publishing.close()
      await asterisk?.close()
      await lease.close()
    },
  }

  /** Being away too long is no event, so somebody has to look. */
  function noteAway() {
    if (isAway() !== wasAway) publishing.changed()
    wasAway = isAway()
    // Another API may reach the PBX. Where none does, it soon comes back, and somebody says that nobody can.
    if (wasAway && now() - passedAt > PASS_EVERY_MS && lease.fence() !== undefined) {
      passedAt = now()
      lease.pass(PASS_FOR_MS)
    }
  }

  function hear(fact: Fact) {
    if (fact.kind === 'clock') devices.putBack(fact.back)
    if (fact.kind === 'device') devices.hear(fact)
    else if (fact.kind === 'cdr') keeping.hear(fact)
    else table.hear(fact)
  }

  function openAsterisk({ events, control, ...settings }: PbxConfig) {
    const { dialContext, transferContext, parkingLot, ringContext, recordingFolder } = settings
    const open = createAmiOpener(settings, log)
    return createAsterisk({
      events: open(events, 'system,call,cdr,agent', true),
      control: open(control, 'call', false),
      factsOf,
      onFact: hear,
      onSnapshot({ epoch, at, channels }) {
        table.reconcile(channels, at)
        log.info({ event: 'pbx_snapshot', epoch, channels: channels.size }, 'the PBX was read')
        publishing.changed()
      },
      onOffline: () => log.warn({ event: 'pbx_offline' }, 'the PBX is away'),
      settings: {
        technology: TECHNOLOGY,
        parkTimeoutMs: 45_000,
        ...{ dialContext, transferContext, parkingLot, ringContext, recordingFolder },
        asksForFiles: asksForFiles(config.recordingTemplate),
      },
      newEpoch: newId,
      now,
      onTrouble: (what, why) => log.warn({ event: 'ami', what, why }, what),
    })
  }
}

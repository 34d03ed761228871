import { exponentialMs } from '../../runtime/retry.ts'
import type { Pbx } from '../core/calls/pbx.ts'
import type { PbxEvent, PbxTime } from '../core/calls/pbx-events.ts'
import { NO_AMI_CAPABILITIES, toAmiCapabilities } from './ami-capabilities.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import type { AmiFailureHandler } from './ami-failure.ts'
import { type AsteriskSettings, createAmiPbx } from './ami-pbx.ts'
import { parseTimestamp } from './ami-values.ts'
import { fetchPbxState } from './fetch-pbx-state.ts'
import { createPbxClock } from './pbx-clock.ts'
import { createPendingHangups } from './pending-hangups.ts'
import { createRecordingFiles } from './recording-files.ts'
import { type StartTimer, startTimer as startNodeTimer } from './timer.ts'

export interface AsteriskPbxNeeds {
  /** Two AMI users, see docs/asterisk/manager.conf: a flood of events must not delay responses. */
  events: AmiClient
  control: AmiClient
  toPbxEvents(message: AmiMessage, receivedAt: PbxTime): PbxEvent[]
  onEvent(event: PbxEvent): void
  /** Called when the state was fetched: `channels` are all channels of the PBX. Events from the lists come before. */
  onSnapshot(snapshot: PbxSnapshot): void
  onOffline(): void
  /** From the installation's settings, never from a request. */
  settings: AsteriskSettings
  newEpoch(): string
  /** Unix ms. */
  now(): number
  onError: AmiFailureHandler
  startTimer?: StartTimer
  times?: Partial<SyncTimes>
}

export interface PbxSnapshot {
  /** Changes each time the PBX was offline. */
  pbxEpoch: string
  /** Channels created later may be missing. */
  at: PbxTime
  /** Uniqueids. */
  channels: ReadonlySet<string>
}

/** In ms. */
export interface SyncTimes {
  /** Between two fetches while online. */
  resyncIntervalMs: number
  /** Delay after the first failed fetch; it doubles up to `retryMaxMs`. */
  retryMinMs: number
  retryMaxMs: number
}

const TIMES: SyncTimes = { resyncIntervalMs: 60_000, retryMinMs: 1_000, retryMaxMs: 30_000 }

/**
 * Asterisk as the core's PBX. It is online while both connections are up and the state was fetched since. It
 * is fetched again at intervals, in case an event was lost. Events are passed on as they come, in any order.
 *
 * @throws {Error} for settings that no dialplan can have
 */
export function createAsterisk(needs: AsteriskPbxNeeds) {
  const { events, control, now, onError, startTimer = startNodeTimer } = needs
  const settings = validateSettings(needs.settings)
  const times = { ...TIMES, ...needs.times }
  const clock = createPbxClock(now)
  const hangups = createPendingHangups({ control, now, onError })
  const files = createRecordingFiles({
    control,
    folder: settings.recordingFolder,
    canReadVariables: () => settings.needsFileNames === true && capabilities.canReadVariables,
    onEvent: needs.onEvent,
    onError,
  })
  const linksUp = { events: false, control: false }
  let capabilities = NO_AMI_CAPABILITIES
  let pbxEpoch: string | undefined
  let offlineSince: number | undefined = now()
  /** Rises with each disconnect: a fetch that began before one is discarded. */
  let disconnects = 0
  let cancelTimer = () => {}
  let unsubscribers: (() => void)[] = []

  const pbx: Pbx = createAmiPbx({
    control,
    settings,
    state: () => ({ online: offlineSince === undefined, offlineSince, pbxEpoch }),
    capabilities: () => capabilities,
    hangUp: hangups.hangUp,
    startTimer,
  })

  return {
    pbx,
    /** Opens both connections as well. */
    open() {
      if (unsubscribers.length > 0) return
      unsubscribers = [events.on('event', onMessage)]
      for (const link of ['events', 'control'] as const) {
        const transport = needs[link]
        unsubscribers.push(
          transport.on('up', () => onLinkUp(link)),
          transport.on('down', () => onLinkDown(link)),
        )
        transport.open()
        if (transport.state().phase === 'up') onLinkUp(link)
      }
    },
    /** Closes both connections as well, without calling `onOffline`. */
    async close() {
      for (const stop of unsubscribers.splice(0)) stop()
      goOffline()
      linksUp.events = false
      linksUp.control = false
      await Promise.all([events.close(), control.close()])
    },
  }

  function onLinkUp(link: 'events' | 'control') {
    linksUp[link] = true
    if (linksUp.events && linksUp.control) void sync(disconnects, 0)
  }

  function onLinkDown(link: 'events' | 'control') {
    linksUp[link] = false
    if (goOffline()) needs.onOffline()
  }

  /** @returns whether it was online */
  function goOffline(): boolean {
    const wasOnline = offlineSince === undefined
    disconnects += 1
    cancelTimer()
    offlineSince ??= now()
    return wasOnline
  }

  async function sync(startedIn: number, failures: number) {
    let pause = times.resyncIntervalMs
    try {
      const isNew = offlineSince !== undefined
      const permitted = isNew
        ? toAmiCapabilities(await control.action({ Action: 'ListCommands' }))
        : capabilities
      const { at, channels, messages } = await fetchPbxState(control, clock, permitted)
      if (startedIn !== disconnects) return
      capabilities = permitted
      if (isNew) files.reset()
      reportClockSetBack(at, clock.setBackByPing(at))
      for (const item of messages) publishEvents(item, at)
      if (isNew || pbxEpoch === undefined) pbxEpoch = needs.newEpoch()
      offlineSince = undefined
      publishSnapshot({ pbxEpoch, at, channels })
      failures = 0
    } catch (err) {
      if (startedIn !== disconnects) return
      onError('ami_sync_failed', 'the state of Asterisk could not be read', err)
      failures += 1
      if (offlineSince !== undefined) pause = exponentialMs(failures, times.retryMinMs, times.retryMaxMs)
    }
    cancelTimer = startTimer(pause, () => void sync(startedIn, failures))
  }

  function publishSnapshot(snapshot: PbxSnapshot) {
    try {
      needs.onSnapshot(snapshot)
    } catch (err) {
      onError('ami_snapshot_failed', 'a snapshot of Asterisk could not be handled', err)
    }
  }

  function onMessage(message: AmiMessage) {
    const at = clock.next()
    reportClockSetBack(at, clock.setBackByEvent(message.fields.timestamp))
    publishEvents(message, at)
    void files.handle(message, parseTimestamp(message.fields.timestamp) ?? at)
    // Asterisk stops, and its connections may stay open without closing.
    if (message.name === 'Shutdown') onLinkDown('events')
  }

  /** Earlier events must not seem to come from the future. */
  function reportClockSetBack(at: PbxTime, setBackBy: number) {
    if (setBackBy > 0) needs.onEvent({ kind: 'clock_set_back', at, setBackBy })
  }

  /** Publishes the events of one message; a handler that throws must not block the next message. */
  function publishEvents(message: AmiMessage, at: PbxTime) {
    try {
      for (const event of needs.toPbxEvents(message, at)) {
        hangups.handle(event)
        needs.onEvent(event)
      }
    } catch (err) {
      onError('ami_event_failed', 'an event of Asterisk could not be handled', err)
    }
  }
}

function validateSettings(settings: AsteriskSettings): AsteriskSettings {
  const { technology, dialContext, transferContext, parkingLot = 'default', parkTimeoutMs } = settings
  const names = {
    technology,
    dialContext,
    transferContext,
    parkingLot,
    ringContext: settings.ringContext ?? 'none',
  }
  for (const [setting, name] of Object.entries(names)) {
    if (!/^[A-Za-z0-9_-]{1,79}$/.test(name)) throw new Error(`${setting} is not a valid Asterisk name`)
  }
  if (!Number.isSafeInteger(parkTimeoutMs) || parkTimeoutMs < 1)
    throw new Error('parkTimeoutMs is not a time')
  return settings
}

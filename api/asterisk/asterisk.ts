import type { Pbx } from '../core/calls/pbx.ts'
import type { Fact, PbxTime } from '../core/calls/pbx-events.ts'
import { abilitiesOf, NO_ABILITIES } from './ami-capabilities.ts'
import type { AmiTransport } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import { createPbx, type PbxSettings } from './ami-pbx.ts'
import { microsecondsOf } from './ami-values.ts'
import { readPbx } from './fetch-pbx-state.ts'
import { createPbxClock } from './pbx-clock.ts'
import { createHangups } from './pending-hangups.ts'
import { createRecordingFiles } from './recording-files.ts'
import { type After, after as later } from './timer.ts'

export interface AsteriskNeeds {
  /** Two AMI users, see docs/asterisk/manager.conf: a flood of events must not delay answers. */
  events: AmiTransport
  control: AmiTransport
  factsOf(message: AmiMessage, heardAt: PbxTime): Fact[]
  onFact(fact: Fact): void
  /** The PBX was read afresh: all its channels are in `channels`. Facts of the lists were told before. */
  onSnapshot(snapshot: Snapshot): void
  onOffline(): void
  /** Of the installation, never of a request. */
  settings: PbxSettings
  newEpoch(): string
  /** Unix ms. */
  now(): number
  onTrouble(what: string, why: unknown): void
  after?: After
  times?: Partial<AsteriskTimes>
}

export interface Snapshot {
  /** A new one each time the PBX was away. */
  epoch: string
  /** Channels born later may be missing. */
  at: PbxTime
  /** Uniqueids. */
  channels: ReadonlySet<string>
}

/** In ms. */
export interface AsteriskTimes {
  /** Between two readings while online. */
  rereadEvery: number
  /** The first pause after a reading that failed; it doubles up to `retryMost`. */
  retryFirst: number
  retryMost: number
}

const TIMES: AsteriskTimes = { rereadEvery: 60_000, retryFirst: 1_000, retryMost: 30_000 }

/**
 * Asterisk as the core's PBX. Online while both links stand and it was read since they do; meanwhile it is read
 * again from time to time, in case an event was lost. Facts are told whenever something is heard, in any order.
 *
 * @throws {Error} for settings that no dialplan can have
 */
export function createAsterisk(needs: AsteriskNeeds) {
  const { events, control, now, onTrouble, after = later } = needs
  const settings = checked(needs.settings)
  const times = { ...TIMES, ...needs.times }
  const clock = createPbxClock(now)
  const hangups = createHangups({ control, now, onTrouble })
  const files = createRecordingFiles({
    control,
    folder: settings.recordingFolder,
    mayAsk: () => settings.asksForFiles === true && abilities.readsVariables,
    onFact: needs.onFact,
    onTrouble,
  })
  const stands = { events: false, control: false }
  let abilities = NO_ABILITIES
  let epoch: string | undefined
  let offlineSince: number | undefined = now()
  /** Another one with each loss: a reading of one life says nothing about the next. */
  let life = 0
  let callOff = () => {}
  let listening: (() => void)[] = []

  const pbx: Pbx = createPbx({
    control,
    settings,
    state: () => ({ online: offlineSince === undefined, offlineSince, epoch }),
    abilities: () => abilities,
    hangUp: hangups.hangUp,
    after,
  })

  return {
    pbx,
    /** Opens both links as well. */
    open() {
      if (listening.length > 0) return
      listening = [events.on('event', hear)]
      for (const link of ['events', 'control'] as const) {
        const transport = needs[link]
        listening.push(
          transport.on('up', () => up(link)),
          transport.on('down', () => down(link)),
        )
        transport.open()
        if (transport.state().phase === 'up') up(link)
      }
    },
    /** Closes both links as well. Being offline is not told then. */
    async close() {
      for (const stop of listening.splice(0)) stop()
      leave()
      stands.events = false
      stands.control = false
      await Promise.all([events.close(), control.close()])
    },
  }

  function up(link: 'events' | 'control') {
    stands[link] = true
    if (stands.events && stands.control) void read(life, 0)
  }

  function down(link: 'events' | 'control') {
    stands[link] = false
    if (leave()) needs.onOffline()
  }

  /** @returns whether it was online */
  function leave(): boolean {
    const wasOnline = offlineSince === undefined
    life += 1
    callOff()
    offlineSince ??= now()
    return wasOnline
  }

  async function read(mine: number, failures: number) {
    let pause = times.rereadEvery
    try {
      const isNew = offlineSince !== undefined
      const may = isNew ? abilitiesOf(await control.action({ Action: 'ListCommands' })) : abilities
      const { at, channels, items } = await readPbx(control, clock, may)
      if (mine !== life) return
      abilities = may
      if (isNew) files.forget()
      noteClock(at, clock.answered(at))
      for (const item of items) tell(item, at)
      if (isNew || epoch === undefined) epoch = needs.newEpoch()
      offlineSince = undefined
      announce({ epoch, at, channels })
      failures = 0
    } catch (err) {
      if (mine !== life) return
      onTrouble('Asterisk could not be read', err)
      if (offlineSince !== undefined) pause = Math.min(times.retryMost, times.retryFirst * 2 ** failures)
      failures = Math.min(failures + 1, 30)
    }
    callOff = after(pause, () => void read(mine, failures))
  }

  function announce(snapshot: Snapshot) {
    try {
      needs.onSnapshot(snapshot)
    } catch (err) {
      onTrouble('what Asterisk has could not be told', err)
    }
  }

  function hear(message: AmiMessage) {
    const at = clock.next()
    noteClock(at, clock.heard(message.fields.timestamp))
    tell(message, at)
    void files.hear(message, microsecondsOf(message.fields.timestamp) ?? at)
    // It dies, and its links may hang without closing (they did so while it stopped).
    if (message.name === 'Shutdown') down('events')
  }

  /** What was heard before a clock was put back is not news from the future. */
  function noteClock(at: PbxTime, back: number) {
    if (back > 0) needs.onFact({ kind: 'clock', at, back })
  }

  /** What one message says; a fault in it must not hide the next. */
  function tell(message: AmiMessage, at: PbxTime) {
    try {
      for (const fact of needs.factsOf(message, at)) {
        hangups.heard(fact)
        needs.onFact(fact)
      }
    } catch (err) {
      onTrouble('what Asterisk said could not be told', err)
    }
  }
}

function checked(settings: PbxSettings): PbxSettings {
  const { technology, dialContext, transferContext, parkingLot = 'default', parkTimeoutMs } = settings
  const names = {
    technology,
    dialContext,
    transferContext,
    parkingLot,
    ringContext: settings.ringContext ?? 'none',
  }
  for (const [setting, name] of Object.entries(names)) {
    if (!/^[A-Za-z0-9_-]{1,79}$/.test(name)) throw new Error(`${setting} is not a name of Asterisk's`)
  }
  if (!Number.isSafeInteger(parkTimeoutMs) || parkTimeoutMs < 1) throw new Error('parkTimeoutMs is no time')
  return settings
}

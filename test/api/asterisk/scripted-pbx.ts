import { after } from '../../../api/asterisk/after.ts'
import {
  type AsteriskNeeds,
  type AsteriskTimes,
  createAsterisk,
  type Snapshot,
} from '../../../api/asterisk/asterisk.ts'
import { createDialer } from '../../../api/asterisk/dialer.ts'
import type { PbxSettings } from '../../../api/asterisk/pbx.ts'
import { type AmiTransportTimes, createAmiTransport } from '../../../api/asterisk/transport.ts'
import type { AmiMessage } from '../../../api/asterisk/wire.ts'
import type { Fact, PbxTime } from '../../../api/core/calls/facts.ts'
import {
  type Action,
  type AmiServer,
  type AmiSession,
  type Answer,
  startAmiServer,
  success,
} from '../../support/ami-server.ts'

/** Nothing is due by itself; a test shortens what it is about. */
const LONG: AmiTransportTimes & AsteriskTimes = {
  login: 20_000,
  boot: 20_000,
  action: 20_000,
  pingEvery: 20_000,
  ping: 20_000,
  retryFirst: 5,
  retryMost: 20,
  retryRefused: 60,
  rereadEvery: 600_000,
}

export const settings: PbxSettings = {
  technology: 'PJSIP',
  dialContext: 'internal',
  transferContext: 'transfers',
  parkingLot: undefined,
  parkTimeoutMs: 45_000,
}

/** What the user of docs/asterisk/manager.conf may do, as far as it is used. */
export const COMMANDS = [
  ...['Originate', 'Hangup', 'BlindTransfer', 'Atxfer', 'CancelAtxfer', 'PlayDTMF', 'Park', 'Setvar'],
  ...['MixMonitorMute', 'ShowDialPlan', 'CoreShowChannels', 'DeviceStateList', 'ParkedCalls'],
]
export const commands = (...names: string[]): Answer =>
  success(...names.map((name) => `${name}: What it does.  (Priv: call,all)`))

/** @param items the lines of each */
export const list =
  (...items: string[][]): Answer =>
  (session, { actionid }) => {
    const begin = ['Response: Success', 'EventList: start']
    const end = ['Event: Done', 'EventList: Complete']
    // In one write: several wait for each other's acknowledgements.
    session.raw(
      [begin, ...items, end]
        .map((lines) => `${lines.join('\r\n')}\r\nActionID: ${actionid}\r\n\r\n`)
        .join(''),
    )
  }

export const newChannel = (id: string, name = 'PJSIP/1001-00000001') => [
  'Event: Newchannel',
  `Channel: ${name}`,
  `Uniqueid: ${id}`,
]
export const shown = (id: string) => ['Event: CoreShowChannel', 'Channel: PJSIP/1', `Uniqueid: ${id}`]
export const extension = ['Event: ListDialplan', 'Extension: _1XXX', 'Priority: 1', 'Application: Dial']
export const hint = ['Event: ListDialplan', 'Extension: 1001', 'Priority: hint', 'Application: PJSIP/1001']

/** Enough to see what is told, and when. */
export function factsOf({ name, fields }: AmiMessage, at: PbxTime): Fact[] {
  const { uniqueid: id = '', device = '' } = fields
  if (name === 'Hangup') return [{ kind: 'gone', id, at, cause: 16 }]
  if (name === 'DeviceStateChange') return [{ kind: 'device', device, at, state: 'idle' }]
  if (/^(Newchannel|Newstate|CoreShowChannel)$/.test(name)) return [{ kind: 'channel', id, at, about: {} }]
  return []
}

export interface ScriptedPbx {
  server: AmiServer
  asterisk: ReturnType<typeof createAsterisk>
  /** What was told, in its order: `channel c1`, `snapshot e1`, `offline`. */
  told: string[]
  facts: Fact[]
  snapshots: Snapshot[]
  troubles: string[]
  /** The last session of a user. */
  session(user: 'events' | 'control'): AmiSession
  /** Those of the control user, on all its sessions, without what every login and reading asks. */
  asked(): Action[]
  /** All of one name. */
  askedFor(name: string): Action[]
  close(): Promise<void>
}

export interface ScriptedOptions {
  answers?: Record<string, Answer>
  greeting?: string
  times?: Partial<typeof LONG>
  /** Where the control user's link goes instead. */
  controlPort?: number
  now?: () => number
  factsOf?: typeof factsOf
  onFact?: (fact: Fact) => void
  settings?: Partial<PbxSettings>
}

const ROUTINE = new Set(['Login', 'ListCommands', 'CoreShowChannels', 'DeviceStateList', 'ParkedCalls'])

/** An Asterisk with both links on a scripted server, not opened yet. */
export async function scriptedPbx(options: ScriptedOptions = {}): Promise<ScriptedPbx> {
  const server = await startAmiServer({
    ...(options.greeting === undefined ? {} : { greeting: options.greeting }),
    answers: {
      ListCommands: commands(...COMMANDS),
      CoreShowChannels: list(),
      DeviceStateList: list(),
      ParkedCalls: list(),
      ShowDialPlan: list(extension),
      ...options.answers,
    },
  })
  const times = { ...LONG, ...options.times }
  const told: string[] = []
  const facts: Fact[] = []
  const snapshots: Snapshot[] = []
  const troubles: string[] = []
  let epochs = 0
  const onTrouble = (what: string, why: unknown) => troubles.push(`${what}: ${why}`)
  const transport = (username: string, events: string, port: number) =>
    createAmiTransport({
      connect: createDialer({ host: '127.0.0.1', port }),
      login: { username, secret: 'sesame', events, awaitsBoot: username === 'events' },
      instance: 'hk',
      nonce: () => username,
      random: () => 0.99,
      after,
      onTrouble: () => {},
      times,
    })
  const asterisk = startingWith({
    events: transport('events', 'system,call,cdr', server.port),
    control: transport('control', 'call', options.controlPort ?? server.port),
    factsOf: options.factsOf ?? factsOf,
    onFact(fact) {
      facts.push(fact)
      told.push(`${fact.kind} ${fact.kind === 'device' ? fact.device : 'id' in fact ? fact.id : ''}`)
      options.onFact?.(fact)
    },
    onSnapshot(snapshot) {
      snapshots.push(snapshot)
      told.push(`snapshot ${snapshot.epoch}`)
    },
    onOffline: () => told.push('offline'),
    settings: { ...settings, ...options.settings },
    newEpoch: () => `e${++epochs}`,
    now: options.now ?? Date.now,
    onTrouble,
    times,
  })
  function startingWith(needs: AsteriskNeeds) {
    try {
      return createAsterisk(needs)
    } catch (err) {
      void server.stop()
      throw err
    }
  }
  const sessionsOf = (user: string) => server.sessions.filter(({ actions }) => actions[0]?.username === user)
  const all = () => sessionsOf('control').flatMap(({ actions }) => actions)
  return {
    server,
    asterisk,
    told,
    facts,
    snapshots,
    troubles,
    session(user) {
      const last = sessionsOf(user).at(-1)
      if (last === undefined) throw new Error(`${user} has not logged in`)
      return last
    },
    asked: () => all().filter(({ action = '' }) => !ROUTINE.has(action) && action !== 'Ping'),
    askedFor: (name) => all().filter(({ action }) => action === name),
    async close() {
      await asterisk.close()
      await server.stop()
    },
  }
}

import { Claims } from '../../contract/claims.ts'
import type { CutResult } from '../../contract/stream-end.ts'
import { createStreamCutter, type StreamInstance } from '../../sidecar/stream-cutter.ts'
import { createStreams, type Streams } from '../../sidecar/streams.ts'
import { validClaims } from '../contract/mint-token.ts'
import { createRecordingLog } from '../runtime/recording-log.ts'
import { createVirtualTime, type VirtualTime } from './virtual-time.ts'

/** How often `main.ts` calls the audit. */
const RECONCILE_INTERVAL_MS = 500

/** A client's stream, from the question on. */
export interface Client {
  user: string
  session: string
  /** From 1. */
  instance: number
  isPrivate?: boolean
  /** When Nchan subscribes it after it was let in, in ms; undefined where the client breaks off before. */
  comesAfterMs?: number | undefined
  /** How late each hook is; undefined where it is lost. */
  openedHookMs?: number | undefined
  closedHookMs?: number | undefined
}

export interface StreamsFixture {
  time: VirtualTime
  streams: Streams
  reports: string[]
  /** How many `opened` there were, by `onOpen`. */
  opens(): number
  /** @returns its connection, undefined when it was not let in */
  admit(client: Client): string | undefined
  /** The client goes. */
  leave(conn: string): void
  restart(instance: number, downMs: number): void
  /** The connections that are really open. */
  openConnections(): string[]
  isOpen(conn: string | undefined): boolean
  /** The clients of really open streams. */
  openClients(): Client[]
  /** DELETEs an instance obeyed or did not find, by channel. */
  cuts: string[]
}

export interface StreamsFixtureSettings {
  instances?: number
  maxStreams?: number
  maxPerSession?: number
  maxPerUser?: number
  /** How long an instance takes for each answer, in ms, one after another and then anew. */
  latencies?: readonly number[]
}

/** Real streams and a real cutter over instances that live in memory, in virtual time. */
export function createStreamsFixture(settings: StreamsFixtureSettings = {}): StreamsFixture {
  const {
    instances: size = 2,
    latencies = [0],
    maxStreams = 1_000,
    maxPerSession = 1_000,
    maxPerUser = 1_000,
  } = settings
  const time = createVirtualTime()
  const incarnations = Array.from({ length: size }, () => ({ life: 1, isUp: true }))
  const open = new Map<string, { client: Client; channels: string[] }>()
  const { log, messages: reports } = createRecordingLog()
  const cuts: string[] = []
  let [requests, conns, cohorts, opens] = [0, 0, 0, 0]

  const later = (ms: number | undefined, job: () => void) => {
    if (ms !== undefined) void time.pause(ms).then(job)
  }
  const end = (conn: string) => {
    const client = open.get(conn)?.client
    if (open.delete(conn)) later(client?.closedHookMs, () => streams.closed(conn))
  }

  const instances = incarnations.map((own, at): StreamInstance => {
    const withChannel = (channel: string) =>
      [...open].filter(([, { client, channels }]) => client.instance === at + 1 && channels.includes(channel))
    /** Answers what holds after some of the time it takes; a death before the rest is no answer. */
    const answer = async <T>(operation: () => T): Promise<T | undefined> => {
      const ms = latencies[requests++ % latencies.length] ?? 0
      if (ms > 0) await time.pause(Math.floor(ms / 2))
      const { life } = own
      const isUp = own.isUp
      const result = isUp ? operation() : undefined
      if (ms > 0) await time.pause(Math.ceil(ms / 2))
      return own.life === life ? result : undefined
    }
    return {
      async cut(channel): Promise<CutResult> {
        const result = await answer(() => {
          cuts.push(channel)
          const all = withChannel(channel)
          for (const [conn] of all) end(conn)
          return all.length > 0 ? 'cut' : 'no_subscribers'
        })
        return result ?? 'unreachable'
      },
      subscribers: (channel) => answer(() => withChannel(channel).length),
      incarnation: () => answer(() => String(own.life)),
    }
  })

  const streams = createStreams({
    instances,
    cutter: createStreamCutter({ instances, pause: time.pause, monotonic: time.now, log }),
    newCohort: () => `cohort-${++cohorts}`,
    monotonic: time.now,
    maxStreams,
    maxPerSession,
    maxPerUser,
    log,
    onOpen: () => {
      opens += 1
    },
  })
  const keepReconciling = async () => {
    for (;;) {
      await streams.reconcile()
      await time.pause(RECONCILE_INTERVAL_MS)
    }
  }
  void keepReconciling()

  return {
    time,
    streams,
    reports,
    cuts,
    opens: () => opens,
    admit(client) {
      const { user, session, instance, isPrivate = false } = client
      const conn = String(++conns).padStart(32, '0')
      const claims = Claims.parse({ ...validClaims(0), sub: user, sid: session, jti: `${session}-token` })
      if (!streams.admit({ conn, instance, claims, isPrivate })) return undefined
      const channels = [`conn/${conn}`, `cohort/${streams.cohort()}`]
      const come = () => {
        if (incarnations[instance - 1]?.isUp !== true) return
        open.set(conn, { client, channels })
        later(client.openedHookMs, () => streams.opened(conn, instance))
      }
      later(client.comesAfterMs, come)
      return conn
    },
    leave: end,
    restart(instance, downMs) {
      const own = incarnations[instance - 1]
      if (own === undefined) return
      own.life += 1
      own.isUp = false
      for (const [conn, { client }] of [...open]) if (client.instance === instance) open.delete(conn)
      const { life } = own
      later(downMs, () => {
        if (own.life === life) own.isUp = true
      })
    },
    openConnections: () => [...open.keys()],
    isOpen: (conn) => conn !== undefined && open.has(conn),
    openClients: () => [...open.values()].map(({ client }) => client),
  }
}

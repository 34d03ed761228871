import { Claims } from '../../contract/claims.ts'
import type { CutResult } from '../../contract/stream-end.ts'
import { createStreamCutter, type StreamInstance } from '../../sidecar/stream-cutter.ts'
import { createStreams, type Streams } from '../../sidecar/streams.ts'
import { validClaims } from '../contract/mint-token.ts'
import { createRecordingLog } from '../runtime/recording-log.ts'
import { createVirtualTime, type VirtualTime } from './virtual-time.ts'

/** How often `main.ts` reconciles. */
const RECONCILE_INTERVAL_MS = 500

/** A client's stream, from the gate request on. */
export interface Client {
  user: string
  session: string
  /** From 1. */
  instance: number
  isPrivate?: boolean
  /** When Nchan subscribes it after its admission, in ms; undefined if the client disconnects before. */
  subscribesAfterMs?: number | undefined
  /** How late Nchan's request to the sidecar is, in ms; undefined if it is lost. */
  openedRequestMs?: number | undefined
  closedRequestMs?: number | undefined
}

export interface StreamsFixture {
  time: VirtualTime
  streams: Streams
  reports: string[]
  /** How often `onOpen` was called. */
  opens(): number
  /** @returns its connection; undefined when it was not admitted */
  admit(client: Client): string | undefined
  /** The client disconnects. */
  leave(conn: string): void
  restart(instance: number, downMs: number): void
  /** The connections that are open in Nchan. */
  openConnections(): string[]
  isOpen(conn: string | undefined): boolean
  /** The clients of streams that are open in Nchan. */
  openClients(): Client[]
  /** The channels of all DELETEs that an instance answered. */
  cuts: string[]
}

export interface StreamsFixtureSettings {
  instances?: number
  maxStreams?: number
  maxPerSession?: number
  maxPerUser?: number
  /** How long an instance takes for each answer, in ms; the list is repeated. */
  latencies?: readonly number[]
}

/** Real streams and a real cutter over simulated instances, in virtual time. */
export function createStreamsFixture(settings: StreamsFixtureSettings = {}): StreamsFixture {
  const {
    instances: size = 2,
    latencies = [0],
    maxStreams = 1_000,
    maxPerSession = 1_000,
    maxPerUser = 1_000,
  } = settings
  const time = createVirtualTime()
  const incarnations = Array.from({ length: size }, () => ({ incarnation: 1, isUp: true }))
  const open = new Map<string, { client: Client; channels: string[] }>()
  const { log, messages: reports } = createRecordingLog()
  const cuts: string[] = []
  let [requests, conns, cohorts, opens] = [0, 0, 0, 0]

  const schedule = (ms: number | undefined, job: () => void) => {
    if (ms !== undefined) void time.pause(ms).then(job)
  }
  const end = (conn: string) => {
    const client = open.get(conn)?.client
    if (open.delete(conn)) schedule(client?.closedRequestMs, () => streams.closed(conn))
  }

  const instances = incarnations.map((own, at): StreamInstance => {
    const withChannel = (channel: string) =>
      [...open].filter(([, { client, channels }]) => client.instance === at + 1 && channels.includes(channel))
    /** Answers with the state in the middle of the latency; there is no answer if the instance dies before its end. */
    const answer = async <T>(operation: () => T): Promise<T | undefined> => {
      const ms = latencies[requests++ % latencies.length] ?? 0
      if (ms > 0) await time.pause(Math.floor(ms / 2))
      const { incarnation } = own
      const isUp = own.isUp
      const result = isUp ? operation() : undefined
      if (ms > 0) await time.pause(Math.ceil(ms / 2))
      return own.incarnation === incarnation ? result : undefined
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
      incarnation: () => answer(() => String(own.incarnation)),
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
  const reconcileRepeatedly = async () => {
    for (;;) {
      await streams.reconcile()
      await time.pause(RECONCILE_INTERVAL_MS)
    }
  }
  void reconcileRepeatedly()

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
      const subscribe = () => {
        if (incarnations[instance - 1]?.isUp !== true) return
        open.set(conn, { client, channels })
        schedule(client.openedRequestMs, () => streams.opened(conn, instance))
      }
      schedule(client.subscribesAfterMs, subscribe)
      return conn
    },
    leave: end,
    restart(instance, downMs) {
      const own = incarnations[instance - 1]
      if (own === undefined) return
      own.incarnation += 1
      own.isUp = false
      for (const [conn, { client }] of [...open]) if (client.instance === instance) open.delete(conn)
      const { incarnation } = own
      schedule(downMs, () => {
        if (own.incarnation === incarnation) own.isUp = true
      })
    },
    openConnections: () => [...open.keys()],
    isOpen: (conn) => conn !== undefined && open.has(conn),
    openClients: () => [...open.values()].map(({ client }) => client),
  }
}

/** A stream that subscribes at once; Nchan's requests to the sidecar are neither lost nor late. */
export const promptClient: Client = {
  user: 'u1',
  session: 's1',
  instance: 1,
  subscribesAfterMs: 0,
  openedRequestMs: 0,
  closedRequestMs: 0,
}

/** The revocation of a session. */
export const revocationOf = (sessionId: string) =>
  ({ kind: 'sid', key: sessionId, generation: 0, until: 0 }) as const

/** Admits the clients one after another, 1 ms apart. @returns their connections */
export async function admitAll(fixture: StreamsFixture, clients: readonly Client[]) {
  const conns: (string | undefined)[] = []
  for (const client of clients) {
    conns.push(fixture.admit(client))
    await fixture.time.advance(1)
  }
  return conns
}

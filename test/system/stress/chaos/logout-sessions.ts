import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../../../support/stack.ts'
import { logOutAt, openStream, retryUntilDefined, type StreamClient } from '../../../support/stream-client.ts'
import { requestMediaStatus } from './media-readers.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A stream of an ended session, and its end. */
export interface StreamEnd {
  at: number
  reader: ReaderBehavior
  kind: StreamClient['kind']
  instance: number | undefined
  /** From the acknowledged logout to the end that its client saw, in ms; undefined where none came in time. */
  endedAfterMs: number | undefined
  /** How long after the acknowledged logout the newest message that came through had been published, in ms. */
  newestAfterMs: number
}

/** How a client reads; those that stop read on some time after the logout. */
type ReaderBehavior = 'reads' | 'trickles' | 'stops'

export interface LogoutSessions {
  streamEnds: readonly StreamEnd[]
  /** Answers about files that a session which is over got later than the bound. */
  lateMediaResponses: readonly string[]
  mediaStatuses: Map<number, number>
  sessions(): number
  stop(): Promise<void>
}

/** How long an end is waited for, in ms. */
const END_TIMEOUT_MS = 16_000

/** Sessions that log out while they hold streams, some of which do not read. */
export function startLogoutSessions(
  stack: Stack,
  logIn: () => Promise<string>,
  dice: SeededRandom,
  { everyMs, boundMs }: { everyMs: number; boundMs: number },
): LogoutSessions {
  const streamEnds: StreamEnd[] = []
  const lateMediaResponses: string[] = []
  const mediaStatuses = new Map<number, number>()
  const underWay = new Set<Promise<void>>()
  let sessions = 0

  async function runSession() {
    const token = await retryUntilDefined(logIn)
    sessions += 1
    const readers: ReaderBehavior[] = ['reads', 'reads']
    if (dice.next() < 0.4) readers.push('stops')
    if (dice.next() < 0.3) readers.push('trickles')
    const clients = readers.map((reader) => {
      const client = openStream(stack, { kind: dice.pick(['sse', 'ws']), token })
      if (reader === 'trickles') readSlowly(client)
      return { reader, client }
    })
    const stopped = clients.filter(({ reader }) => reader === 'stops')
    // Now and then the logout comes while the streams are still being opened.
    await sleep(dice.next() < 0.15 ? dice.between(0, 20) : dice.between(300, 1_500))
    for (const { client } of stopped) client.socket.pause()
    // Nchan notices a client that stopped once several megabytes wait for it.
    await sleep(dice.next() < 0.5 ? dice.between(0, 2_500) : dice.between(0, 8_000))
    const at = await logOutAt(stack, token)
    await Promise.all([
      ...stopped.map(async ({ client }) => {
        await sleep(dice.next() < 0.5 ? dice.between(0, 500) : dice.between(500, 9_000))
        client.socket.resume()
      }),
      askForFiles(token, at),
      ...clients.map(async ({ client }) => {
        const end = at + END_TIMEOUT_MS
        while (client.closedAt() === undefined && performance.now() < end) await sleep(20)
      }),
    ])
    for (const { reader, client } of clients) {
      const closedAt = client.closedAt()
      streamEnds.push({
        at,
        reader,
        kind: client.kind,
        instance: client.instance(),
        endedAfterMs: closedAt === undefined ? undefined : closedAt - at,
        newestAfterMs: client.newest() - at,
      })
      client.socket.destroy()
    }
  }

  async function askForFiles(token: string, at: number) {
    for (const waitMs of [0, 500, 3_000, 3_000]) {
      await sleep(waitMs)
      const afterMs = performance.now() - at
      const status = await requestMediaStatus(stack, token)
      mediaStatuses.set(status, (mediaStatuses.get(status) ?? 0) + 1)
      const isLate = afterMs > boundMs
      if (status !== 401 && status !== 503 && (isLate || status !== 200))
        lateMediaResponses.push(`${status}, asked ${Math.round(afterMs)} ms after the logout`)
    }
  }

  const timer = setInterval(() => {
    if (underWay.size >= 40) return
    const life = runSession().finally(() => underWay.delete(life))
    underWay.add(life)
  }, everyMs)
  return {
    streamEnds,
    lateMediaResponses,
    mediaStatuses,
    sessions: () => sessions,
    async stop() {
      clearInterval(timer)
      await Promise.all(underWay)
    },
  }
}

/** Lets a client read a chunk now and then. */
function readSlowly({ socket }: StreamClient) {
  socket.on('data', () => socket.pause())
  const timer = setInterval(() => socket.resume(), 400)
  socket.once('close', () => clearInterval(timer))
}

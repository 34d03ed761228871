import type { Stack } from '../../../support/stack.ts'
import { openStream, type StreamClient, type StreamKind } from '../../../support/stream-client.ts'
import type { SeededRandom } from './seeded-random.ts'

/** An end of a stream that its client had not asked for. */
export interface StreamLoss {
  subscriber: string
  at: number
  instance: number | undefined
}

/** A time without a new snapshot. */
export interface SnapshotGap {
  subscriber: string
  from: number
  to: number
  /** Where the stream was when the gap began. */
  instance: number | undefined
  /** Whether the stream ended in it. */
  hadLoss: boolean
}

export interface StreamSubscribers {
  losses: readonly StreamLoss[]
  /** Those longer than a second. */
  gaps: readonly SnapshotGap[]
  /** How many have an open stream. */
  open(): number
  /** How many have seen what was published after a time. */
  seen(since: number): number
  snapshots(): number
  stop(): void
}

const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/** Well-behaved clients of living sessions: each reads all it gets, and comes back when it is dropped. */
export function startSubscribers(
  stack: Stack,
  tokens: readonly string[],
  dice: SeededRandom,
): StreamSubscribers {
  const losses: StreamLoss[] = []
  const gaps: SnapshotGap[] = []
  let snapshots = 0
  let isOver = false
  const all = tokens.flatMap((token, n) =>
    (['sse', 'ws'] as const).map((kind) => startOne(`${kind} ${n + 1}`, kind, token)),
  )

  function startOne(subscriber: string, kind: StreamKind, token: string) {
    let client: StreamClient
    let seenAt = performance.now()
    let newest = Number.NEGATIVE_INFINITY
    let instance: number | undefined
    let hadLoss = false
    function open() {
      client = openStream(stack, {
        kind,
        token,
        onStamp(stamp) {
          if (stamp.instance > 0) {
            instance = stamp.instance
            return
          }
          if (stamp.publishedAt <= newest) return
          newest = stamp.publishedAt
          snapshots += 1
          const now = performance.now()
          if (now - seenAt > 1_000) gaps.push({ subscriber, from: seenAt, to: now, instance, hadLoss })
          seenAt = now
          hadLoss = false
        },
        onClose() {
          if (isOver) return
          if (client.status() === 200 || client.status() === 101)
            losses.push({ subscriber, at: performance.now(), instance: client.instance() })
          hadLoss = true
          setTimeout(
            () => {
              if (!isOver) open()
            },
            dice.between(100, 250),
          )
        },
      })
    }
    open()
    // Nchan drops a WebSocket that never answers its pings; an answer may come unasked.
    const timer = setInterval(() => {
      if (kind === 'ws' && client.status() === 101) client.socket.write(PONG)
    }, 10_000)
    return {
      isOpen: () => client.closedAt() === undefined && client.status() !== 0,
      newest: () => newest,
      close() {
        clearInterval(timer)
        client.socket.destroy()
      },
    }
  }

  return {
    losses,
    gaps,
    open: () => all.filter((one) => one.isOpen()).length,
    seen: (since) => all.filter((one) => one.newest() >= since).length,
    snapshots: () => snapshots,
    stop() {
      isOver = true
      for (const one of all) one.close()
    },
  }
}

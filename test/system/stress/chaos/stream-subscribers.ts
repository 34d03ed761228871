import type { Stack } from '../../../support/stack.ts'
import { type Kind, openStream, type StreamClient } from '../../../support/stream-client.ts'
import type { Dice } from './seeded-random.ts'

/** An end of a stream that its client had not asked for. */
export interface Loss {
  follower: string
  at: number
  instance: number | undefined
}

/** A time without a new snapshot. */
export interface Gap {
  follower: string
  from: number
  to: number
  /** Where the stream was when the gap began. */
  instance: number | undefined
  /** Whether the stream ended in it. */
  hadLoss: boolean
}

export interface Followers {
  losses: readonly Loss[]
  /** Those longer than a second. */
  gaps: readonly Gap[]
  /** How many have an open stream. */
  open(): number
  /** How many have seen what was published after a time. */
  seen(since: number): number
  snapshots(): number
  stop(): void
}

const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/** Well-behaved clients of living sessions: each reads all it gets, and comes back when it is dropped. */
export function startFollowers(stack: Stack, tokens: readonly string[], dice: Dice): Followers {
  const losses: Loss[] = []
  const gaps: Gap[] = []
  let snapshots = 0
  let isOver = false
  const all = tokens.flatMap((token, n) =>
    (['sse', 'ws'] as const).map((kind) => startOne(`${kind} ${n + 1}`, kind, token)),
  )

  function startOne(follower: string, kind: Kind, token: string) {
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
          if (now - seenAt > 1_000) gaps.push({ follower, from: seenAt, to: now, instance, hadLoss })
          seenAt = now
          hadLoss = false
        },
        onClose() {
          if (isOver) return
          if (client.status() === 200 || client.status() === 101)
            losses.push({ follower, at: performance.now(), instance: client.instance() })
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

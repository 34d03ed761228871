/** A tab that shows the stream repeats its request, so that the leader need not know when a tab has crashed. */
const REPEAT_MS = 30_000
/** Timers of hidden tabs may be a minute late. */
const LEASE_MS = 120_000
/** Time for the other tabs to answer that they still show it. */
const RELEASE_MS = 2_000

export interface OnDemandStream {
  /** Has the leader follow the stream. @param listener called after each message @returns a function that ends it */
  listen(listener: () => void): () => void
  /** A message has come, from the server or from the leader. */
  receive(): void
  /** This tab has become the leader. */
  start(): void
  stop(): void
  /** Listens to the other tabs. @returns a function that ends it */
  attach(): () => void
}

/** The part of the channel between the tabs that is used here. */
export interface DemandChannel {
  send(message: { type: 'stream-wanted' | 'stream-released'; stream: string }): void
  listen(listener: (message: { type: string; stream?: string }) => void): () => void
}

/** A stream that the leader follows only while at least one tab shows what it brings. */
export function createOnDemandStream({
  stream,
  channel,
  isLeader,
  follow,
}: {
  stream: string
  channel: DemandChannel
  isLeader(): boolean
  /** Opens it. @returns a function that closes it */
  follow(): () => void
}): OnDemandStream {
  const listeners = new Set<() => void>()
  let close: (() => void) | undefined
  let lease: ReturnType<typeof setTimeout> | undefined
  let repeat: ReturnType<typeof setInterval> | undefined

  function hold(forMs: number) {
    if (!isLeader()) return
    close ??= follow()
    clearTimeout(lease)
    lease = setTimeout(stop, forMs)
  }
  function stop() {
    clearTimeout(lease)
    close?.()
    close = undefined
  }
  function want() {
    hold(LEASE_MS)
    channel.send({ type: 'stream-wanted', stream })
  }
  /** The other tabs ask again if they show it. */
  function release() {
    if (close !== undefined) hold(RELEASE_MS)
    channel.send({ type: 'stream-released', stream })
  }

  return {
    listen(listener) {
      listeners.add(listener)
      if (listeners.size === 1) {
        want()
        repeat = setInterval(want, REPEAT_MS)
      }
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        clearInterval(repeat)
        release()
      }
    },
    receive() {
      for (const listener of listeners) listener()
    },
    start() {
      if (listeners.size > 0) hold(LEASE_MS)
    },
    stop,
    attach: () =>
      channel.listen((message) => {
        if (message.type === 'stream-wanted' && message.stream === stream) hold(LEASE_MS)
        if (message.type === 'stream-released' && message.stream === stream) {
          if (listeners.size > 0) want()
          else if (close !== undefined) hold(RELEASE_MS)
        }
      }),
  }
}

/** What Nchan says to a DELETE: the channel had subscribers, had none, or the instance was not there. */
export type CutResult = 'cut' | 'nobody' | 'away'

/** One instance of Nchan. */
export interface Instance {
  /** Deletes a channel, ending every stream that has it among its own. */
  cut(channel: string): Promise<CutResult>
  /** How many streams have a channel; undefined when the instance does not answer. */
  subscribers(channel: string): Promise<number | undefined>
  /** Names one life of the process; undefined when it does not answer. */
  life(): Promise<string | undefined>
}

export interface Cutter {
  /**
   * Ends every stream of an instance that has a channel, and sees that they have ended.
   * @param instance from 1
   */
  cut(instance: number, channel: string): Promise<void>
  /** Nchan says that it has let go of a stream. */
  ended(channel: string): void
  /** Instances that did not end streams although they said so. */
  stuck(): number[]
  /** An instance lives anew. */
  restarted(instance: number): void
}

export interface CutterNeeds {
  instances: readonly Instance[]
  pause(ms: number): Promise<void>
  onTrouble(message: string, err?: unknown): void
}

/** A stream that was let in may not have subscribed yet: then a DELETE finds no stream and must come again. */
const RETRIES_MS = [50, 150, 300, 500, 1_000, 2_000, 4_000, 8_000]
/** When the end of a stream that was cut is looked for, in ms after each cut. */
const PROOF_MS = [500, 500, 1_000]

export function createCutter({ instances, pause, onTrouble }: CutterNeeds): Cutter {
  const stuck = new Set<number>()
  /** Streams that are being cut and that Nchan has not let go of. */
  const awaited = new Set<string>()

  /**
   * A WebSocket whose client leaves the close frame unanswered goes on being counted by the channel that was deleted.
   * So a stream has ended when Nchan says so, and those of a gate are counted by a channel that is never deleted.
   */
  async function isOver(instance: Instance, channel: string): Promise<boolean> {
    const isOne = channel.startsWith('conn/')
    if (isOne && !awaited.has(channel)) return true
    const left = await instance.subscribers(isOne ? channel : channel.replace(/^gate/, 'open'))
    // An instance that does not answer is its starter's to end; its streams end with it.
    return left === 0 || left === undefined
  }

  /** An instance is one process, so that a channel may be deleted again: see `nginx/stream-instance.conf`. */
  async function prove(at: number, instance: Instance, channel: string): Promise<void> {
    const kind = channel.split('/')[0]
    for (const ms of PROOF_MS) {
      await pause(ms)
      if (await isOver(instance, channel)) return
      onTrouble(`instance ${at} did not end ${kind} streams at the first cut: cutting again`)
      await instance.cut(channel)
    }
    stuck.add(at)
    onTrouble(`instance ${at} does not end ${kind} streams: it has to be started afresh`)
  }

  async function end(at: number, instance: Instance, channel: string): Promise<void> {
    for (const ms of [...RETRIES_MS, undefined]) {
      const result = await instance.cut(channel)
      if (result === 'cut') return prove(at, instance, channel)
      if (ms === undefined) {
        if (result === 'away')
          onTrouble(`instance ${at} was not there to cut ${channel.split('/')[0]} streams`)
        return
      }
      await pause(ms)
    }
  }

  return {
    async cut(at, channel) {
      const instance = instances[at - 1]
      if (instance === undefined) return
      awaited.add(channel)
      try {
        await end(at, instance, channel)
      } finally {
        awaited.delete(channel)
      }
    },
    ended: (channel) => void awaited.delete(channel),
    stuck: () => [...stuck],
    restarted: (instance) => void stuck.delete(instance),
  }
}

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
/** When the end of a stream that was cut is looked for, in ms after each cut; it is cut again in between. */
const PROOF_MS = [500, 500, 1_000]

export function createCutter({ instances, pause, onTrouble }: CutterNeeds): Cutter {
  const stuck = new Set<number>()

  /** An instance is one process, so that a channel may be deleted again: see `nginx/stream-instance.conf`. */
  async function prove(at: number, instance: Instance, channel: string): Promise<void> {
    const kind = channel.split('/')[0]
    let left: number | undefined
    for (const [look, ms] of PROOF_MS.entries()) {
      if (look > 0) {
        onTrouble(`instance ${at} did not end ${kind} streams, or does not answer: cutting again`)
        await instance.cut(channel)
      }
      await pause(ms)
      left = await instance.subscribers(channel)
      if (left === 0) return
    }
    // An instance that does not answer is its starter's to end; its streams end with it.
    if (left === undefined) {
      onTrouble(`instance ${at} does not answer whether ${kind} streams ended`)
      return
    }
    stuck.add(at)
    onTrouble(`instance ${at} does not end ${kind} streams: it has to be started afresh`)
  }

  return {
    async cut(at, channel) {
      const instance = instances[at - 1]
      if (instance === undefined) return
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
    },
    stuck: () => [...stuck],
    restarted: (instance) => void stuck.delete(instance),
  }
}

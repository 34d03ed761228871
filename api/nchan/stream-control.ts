import { readFile } from 'node:fs/promises'
import { Agent } from 'undici'
import { cutResultOf, gateFileOf, isGate } from '../../contract/stream-instances.ts'
import type { StreamKeeperNeeds } from '../core/auth/sidecar-watchdog.ts'

/** What the stream keeper asks sidecars and nginx, over their Unix sockets. */
export interface StreamDoors extends Pick<StreamKeeperNeeds, 'answers' | 'gateOf' | 'cut'> {
  close(): Promise<void>
}

/** How long a sidecar may take to answer, in ms. */
const ANSWER_MS = 750
/** How long nginx may take to end the streams of a generation, in ms. */
const CUT_MS = 2_000

export function createStreamDoors(sidecars: readonly string[], instances: readonly string[]): StreamDoors {
  const doors = new Map(
    [...sidecars, ...instances].map((socketPath) => [
      socketPath,
      new Agent({ connect: { socketPath }, connections: 2 }),
    ]),
  )

  /** @returns the status; undefined when none came in time */
  async function ask(socketPath: string, method: 'GET' | 'DELETE', path: string, withinMs: number) {
    const givingUp = new AbortController()
    // After a blocked event loop timers fire before pending I/O: read the pending answer first, then abort.
    const timer = setTimeout(() => setImmediate(() => givingUp.abort()), withinMs)
    try {
      const options = { origin: 'http://unix', path, method, signal: givingUp.signal }
      const answer = await doors.get(socketPath)?.request(options)
      await answer?.body.dump()
      return answer?.statusCode
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    answers: async (sidecar) => (await ask(sidecar, 'GET', '/health', ANSWER_MS)) === 200,
    async gateOf(sidecar) {
      const text = await readFile(gateFileOf(sidecar), 'latin1').catch(() => '')
      return isGate(text) ? text : undefined
    },
    async cut(instance, gate) {
      return cutResultOf(await ask(instance, 'DELETE', `/channel/gate/${gate}`, CUT_MS))
    },
    async close() {
      await Promise.all([...doors.values()].map((door) => door.destroy()))
    },
  }
}

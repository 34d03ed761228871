import { readFile } from 'node:fs/promises'
import { cohortFileOf, isCohortId } from '../../contract/sidecar-cohort.ts'
import { cutResultOf } from '../../contract/stream-end.ts'
import { createUnixHttpClient } from '../../runtime/unix-http-client.ts'
import type { SidecarWatchdogNeeds } from '../core/auth/sidecar-watchdog.ts'

/** Requests of the sidecar watchdog to sidecars and nginx, over their Unix sockets. */
export interface StreamControl
  extends Pick<SidecarWatchdogNeeds, 'isResponding' | 'cohortOf' | 'closeStreams'> {
  /** Whether an instance of Nchan answers in time; never throws. */
  isInstanceResponding(instance: string): Promise<boolean>
  close(): Promise<void>
}

/** Timeout for a sidecar's answer, in ms. */
const PROBE_TIMEOUT_MS = 750
/** Timeout for nginx to close the streams of a sidecar, in ms. */
const CLOSE_TIMEOUT_MS = 2_000

export function createStreamControl(
  sidecars: readonly string[],
  instances: readonly string[],
): StreamControl {
  const clients = new Map(
    [...sidecars, ...instances].map((socketPath) => [
      socketPath,
      createUnixHttpClient(socketPath, { connections: 2 }),
    ]),
  )

  /** @returns the status; undefined when none came in time */
  async function request(socketPath: string, method: 'GET' | 'DELETE', path: string, withinMs: number) {
    const timeout = new AbortController()
    // After a blocked event loop timers fire before pending I/O: read the pending answer first, then abort.
    const timer = setTimeout(() => setImmediate(() => timeout.abort()), withinMs)
    try {
      return (await clients.get(socketPath)?.request(method, path, timeout.signal))?.status
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    isResponding: async (sidecar) => (await request(sidecar, 'GET', '/health', PROBE_TIMEOUT_MS)) === 200,
    isInstanceResponding: async (instance) =>
      (await request(instance, 'GET', '/process', PROBE_TIMEOUT_MS)) === 200,
    async cohortOf(sidecar) {
      const text = await readFile(cohortFileOf(sidecar), 'latin1').catch(() => '')
      return isCohortId(text) ? text : undefined
    },
    async closeStreams(instance, cohort) {
      return cutResultOf(await request(instance, 'DELETE', `/channel/cohort/${cohort}`, CLOSE_TIMEOUT_MS))
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()))
    },
  }
}

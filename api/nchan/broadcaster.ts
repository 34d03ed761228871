import { Agent } from 'undici'
import { Refusal } from '../core/refusal.ts'
import type { Broadcaster, Snapshot, SnapshotStore } from '../core/snapshots.ts'
import { SNAPSHOT_CHANNELS } from '../core/snapshots.ts'

export interface Nchan extends Broadcaster {
  /** Publishes again what an nginx has forgotten, as it does with each reload and restart. Call it often. */
  remind(store: Pick<SnapshotStore, 'last'>): Promise<void>
  close(): Promise<void>
}

const TIMEOUT_MS = 2_000

/**
 * Publishes to the Nchan of each nginx through its back door (`nginx/inner.conf`).
 * @param sockets one Unix socket an nginx
 */
export function createNchan(sockets: readonly string[]): Nchan {
  const doors = sockets.map(
    (socketPath) =>
      new Agent({
        connect: { socketPath, timeout: TIMEOUT_MS },
        connections: 4,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      }),
  )

  async function post(door: Agent, snapshot: Snapshot): Promise<number> {
    const { statusCode, body } = await door.request({
      origin: 'http://nginx',
      path: pathOf(snapshot.channel),
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/json' },
      body: JSON.stringify(snapshot.body),
    })
    const said = (await body.json()) as { subscribers?: unknown } // Nchan's channel information
    if (statusCode !== 201 && statusCode !== 202) throw new Error(`Nchan answered ${statusCode}`)
    return Number(said.subscribers ?? 0)
  }

  async function hasMessage(door: Agent, channel: string): Promise<boolean> {
    const { statusCode, body } = await door.request({
      origin: 'http://nginx',
      path: pathOf(channel),
      method: 'GET',
      headers: { Accept: 'text/json' },
    })
    if (statusCode !== 200) {
      await body.dump()
      return false
    }
    return Number(((await body.json()) as { messages?: unknown }).messages ?? 0) > 0
  }

  return {
    async publish(snapshot) {
      const results = await Promise.allSettled(doors.map((door) => post(door, snapshot)))
      const counts = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      if (counts.length === 0) {
        const cause = results.find((result) => result.status === 'rejected')?.reason
        throw new Refusal('unavailable', { detail: 'nginx took no message', retryAfter: 2, cause })
      }
      return { subscribers: counts.reduce((sum, count) => sum + count, 0) }
    },
    async remind(store) {
      for (const channel of SNAPSHOT_CHANNELS) {
        for (const door of doors) {
          if (await hasMessage(door, channel).catch(() => true)) continue
          const snapshot = await store.last(channel)
          if (snapshot !== undefined) await post(door, snapshot)
        }
      }
    },
    async close() {
      await Promise.all(doors.map((door) => door.destroy()))
    },
  }
}

const pathOf = (channel: string) => `/channel/state/${channel}`

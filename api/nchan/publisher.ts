import { Agent } from 'undici'
import { privateChannelOf, stateChannelOf } from '../../contract/channels.ts'
import type { Broadcaster, SnapshotStore } from '../core/messaging/snapshots.ts'
import { SNAPSHOT_CHANNELS } from '../core/messaging/snapshots.ts'
import type { Message } from '../core/messaging/user-messages.ts'
import { Refusal } from '../core/refusal.ts'

export interface Nchan extends Broadcaster {
  /**
   * Publishes to a user's private channel, where it stays as the last word until nginx is started anew.
   * @throws {Refusal} `unavailable` when no nginx took it
   */
  tell(userId: string, message: Message): Promise<void>
  /**
   * Publishes the snapshots that an nginx has forgotten, as it does with each reload and restart. Call it often.
   * What was told to one user is not told again.
   */
  remind(store: Pick<SnapshotStore, 'last'>): Promise<void>
  close(): Promise<void>
}

const TIMEOUT_MS = 2_000

/**
 * Publishes to the Nchan of each nginx through its back door (`nginx/nchan-control.conf`).
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

  /** @returns how many followed the channel there */
  async function post(door: Agent, channel: string, message: object): Promise<number> {
    const { statusCode, body } = await door.request({
      origin: 'http://nginx',
      path: `/channel/${channel}`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/json' },
      body: JSON.stringify(message),
    })
    const said = (await body.json()) as { subscribers?: unknown } // Nchan's channel information
    if (statusCode !== 201 && statusCode !== 202) throw new Error(`Nchan answered ${statusCode}`)
    return Number(said.subscribers ?? 0)
  }

  async function hasMessage(door: Agent, channel: string): Promise<boolean> {
    const { statusCode, body } = await door.request({
      origin: 'http://nginx',
      path: `/channel/${channel}`,
      method: 'GET',
      headers: { Accept: 'text/json' },
    })
    if (statusCode !== 200) {
      await body.dump()
      return false
    }
    return Number(((await body.json()) as { messages?: unknown }).messages ?? 0) > 0
  }

  /** Channels whose last message an instance did not take: it still has the one before. */
  const missed = new Map(doors.map((door) => [door, new Set<string>()]))

  /** @returns how many followed the channel at all instances that took the message */
  async function postToAll(channel: string, message: object): Promise<number> {
    const results = await Promise.allSettled(doors.map((door) => post(door, channel, message)))
    for (const [at, door] of doors.entries()) {
      if (results[at]?.status === 'rejected') missed.get(door)?.add(channel)
      else missed.get(door)?.delete(channel)
    }
    const counts = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (counts.length === 0) {
      const cause = results.find((result) => result.status === 'rejected')?.reason
      throw new Refusal('unavailable', { detail: 'nginx took no message', retryAfter: 2, cause })
    }
    return counts.reduce((sum, count) => sum + count, 0)
  }

  return {
    async publish({ channel, body }) {
      return { subscribers: await postToAll(stateChannelOf(channel), body) }
    },
    async tell(userId, message) {
      const channel = privateChannelOf(userId)
      if (channel !== undefined) await postToAll(channel, message)
    },
    async remind(store) {
      for (const name of SNAPSHOT_CHANNELS) {
        const channel = stateChannelOf(name)
        for (const door of doors) {
          const hasMissed = missed.get(door)?.has(channel) === true
          if (!hasMissed && (await hasMessage(door, channel).catch(() => true))) continue
          const snapshot = await store.last(name)
          if (snapshot === undefined) continue
          await post(door, channel, snapshot.body)
          missed.get(door)?.delete(channel)
        }
      }
    },
    async close() {
      await Promise.all(doors.map((door) => door.destroy()))
    },
  }
}

import { Agent } from 'undici'
import { privateChannelOf, stateChannelOf } from '../../contract/channels.ts'
import type { SnapshotPublisher, SnapshotStore } from '../core/messaging/snapshots.ts'
import { SNAPSHOT_CHANNELS } from '../core/messaging/snapshots.ts'
import type { UserMessage } from '../core/messaging/user-messages.ts'
import { Refusal } from '../core/refusal.ts'

export interface NchanPublisher extends SnapshotPublisher {
  /**
   * Publishes to a user's private channel, where it stays as the last message until nginx restarts.
   * @throws {Refusal} `unavailable` when no nginx accepted it
   */
  publishToUser(userId: string, message: UserMessage): Promise<void>
  /**
   * Publishes the snapshots that an nginx has lost, as it does with each reload and restart. Call it often.
   * Messages to single users are not published again.
   */
  republishMissing(store: Pick<SnapshotStore, 'last'>): Promise<void>
  close(): Promise<void>
}

const TIMEOUT_MS = 2_000

/**
 * Publishes to the Nchan of each nginx over its control socket (`nginx/nchan-control.conf`).
 * @param sockets one Unix socket per nginx
 */
export function createNchanPublisher(sockets: readonly string[]): NchanPublisher {
  const clients = sockets.map(
    (socketPath) =>
      new Agent({
        connect: { socketPath, timeout: TIMEOUT_MS },
        connections: 4,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      }),
  )

  /** @returns the number of subscribers there */
  async function post(client: Agent, channel: string, message: object): Promise<number> {
    const { statusCode, body } = await client.request({
      origin: 'http://nginx',
      path: `/channel/${channel}`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/json' },
      body: JSON.stringify(message),
    })
    const channelInfo = (await body.json()) as { subscribers?: unknown } // Nchan's channel information
    if (statusCode !== 201 && statusCode !== 202) throw new Error(`Nchan answered ${statusCode}`)
    return Number(channelInfo.subscribers ?? 0)
  }

  async function hasMessage(client: Agent, channel: string): Promise<boolean> {
    const { statusCode, body } = await client.request({
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

  /** Channels of which an instance missed the last message: it still has the one before. */
  const missed = new Map(clients.map((client) => [client, new Set<string>()]))

  /** @returns the number of subscribers at all instances that accepted the message */
  async function postToAll(channel: string, message: object): Promise<number> {
    const results = await Promise.allSettled(clients.map((client) => post(client, channel, message)))
    for (const [at, client] of clients.entries()) {
      if (results[at]?.status === 'rejected') missed.get(client)?.add(channel)
      else missed.get(client)?.delete(channel)
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
    async publishToUser(userId, message) {
      const channel = privateChannelOf(userId)
      if (channel !== undefined) await postToAll(channel, message)
    },
    async republishMissing(store) {
      for (const name of SNAPSHOT_CHANNELS) {
        const channel = stateChannelOf(name)
        for (const client of clients) {
          const hasMissed = missed.get(client)?.has(channel) === true
          if (!hasMissed && (await hasMessage(client, channel).catch(() => true))) continue
          const snapshot = await store.last(name)
          if (snapshot === undefined) continue
          await post(client, channel, snapshot.body)
          missed.get(client)?.delete(channel)
        }
      }
    },
    async close() {
      await Promise.all(clients.map((client) => client.destroy()))
    },
  }
}

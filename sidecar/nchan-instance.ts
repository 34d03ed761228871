import { stat } from 'node:fs/promises'
import { cutResultOf } from '../contract/stream-end.ts'
import { createUnixHttpClient } from '../runtime/unix-http-client.ts'
import type { StreamInstance } from './stream-cutter.ts'

/** One instance of Nchan, through its control socket: see `nginx/nchan-control.conf`. */
export interface NchanInstance extends StreamInstance {
  /** @returns undefined when it does not answer */
  usage(): Promise<NchanUsage | undefined>
  close(): Promise<void>
}

export interface NchanUsage {
  /** The used part of its shared memory, from 0 to 1. */
  memory: number
  /** Channels that it stores besides those of its open streams. */
  idleChannels: number
}

/** Parses the response of `nchan_stub_status`. @returns undefined when it is something else */
export function parseNchanStatus(status: string): NchanUsage | undefined {
  const number = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN)
  const memory = number('shared memory used') / number('shared memory limit')
  // A stream has up to three: its connection's own, one that joins all it subscribes to, its user's private one.
  const idleChannels = number('channels') - 3 * number('subscribers')
  return Number.isFinite(memory) && Number.isFinite(idleChannels) ? { memory, idleChannels } : undefined
}

/** @param socketPath its publish socket */
export function connectInstance(socketPath: string, timeoutMs = 2_000): NchanInstance {
  const client = createUnixHttpClient(socketPath, {
    connections: 8,
    timeoutMs,
    headers: { Accept: 'text/json' },
  })

  async function getText(path: string): Promise<string | undefined> {
    const response = await client.request('GET', path).catch(() => undefined)
    return response?.status === 200 ? response.body : undefined
  }

  return {
    async cut(channel) {
      const response = await client.request('DELETE', `/channel/${channel}`).catch(() => undefined)
      return cutResultOf(response?.status)
    },
    async subscribers(channel) {
      try {
        const { status, body } = await client.request('GET', `/channel/${channel}`)
        if (status === 404) return 0
        const channelInfo = JSON.parse(body) as { subscribers?: unknown } // Nchan's channel information
        return status === 200 ? Number(channelInfo.subscribers ?? 0) : undefined
      } catch {
        return undefined
      }
    },
    async incarnation() {
      const pid = await getText('/process')
      // In a container each process has the same id: it is identified by the socket that it bound.
      const socket = await stat(socketPath, { bigint: true }).catch(() => undefined)
      return pid === undefined || socket === undefined ? undefined : `${pid} ${socket.ino} ${socket.mtimeNs}`
    },
    usage: async () => parseNchanStatus((await getText('/status')) ?? ''),
    close: client.close,
  }
}

import { stat } from 'node:fs/promises'
import { Agent } from 'undici'
import { type CutResult, cutResultOf } from '../contract/stream-instances.ts'
import type { StreamInstance } from './stream-cutter.ts'

/** One instance of Nchan, by its back door: see `nginx/nchan-control.conf`. */
export interface NchanInstance extends StreamInstance {
  /** Undefined when it does not answer. */
  usage(): Promise<NchanUsage | undefined>
  close(): Promise<void>
}

export interface NchanUsage {
  /** How full its shared memory is, from 0 to 1. */
  memory: number
  /** Channels that it keeps beyond those of its open streams. */
  idleChannels: number
}

/** What Nchan says of itself; undefined where it is not that. */
export function parseNchanStatus(status: string): NchanUsage | undefined {
  const number = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN)
  const memory = number('shared memory used') / number('shared memory limit')
  // A stream has its connection's own and one that joins all it follows, perhaps its user's private one.
  const idleChannels = number('channels') - 3 * number('subscribers')
  return Number.isFinite(memory) && Number.isFinite(idleChannels) ? { memory, idleChannels } : undefined
}

export function connectInstance(socketPath: string, timeoutMs = 2_000): NchanInstance {
  const agent = new Agent({
    connect: { socketPath, timeout: timeoutMs },
    connections: 8,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const send = (path: string, method: 'GET' | 'DELETE') =>
    agent.request({ origin: 'http://nginx', path, method, headers: { Accept: 'text/json' } })

  async function getText(path: string): Promise<string | undefined> {
    try {
      const { statusCode, body } = await send(path, 'GET')
      const text = await body.text()
      return statusCode === 200 ? text : undefined
    } catch {
      return undefined
    }
  }

  return {
    async cut(channel): Promise<CutResult> {
      try {
        const { statusCode, body } = await send(`/channel/${channel}`, 'DELETE')
        await body.dump()
        return cutResultOf(statusCode)
      } catch {
        return 'unreachable'
      }
    },
    async subscribers(channel) {
      try {
        const { statusCode, body } = await send(`/channel/${channel}`, 'GET')
        if (statusCode === 404) {
          await body.dump()
          return 0
        }
        const channelInfo = (await body.json()) as { subscribers?: unknown } // Nchan's channel information
        return statusCode === 200 ? Number(channelInfo.subscribers ?? 0) : undefined
      } catch {
        return undefined
      }
    },
    async incarnation() {
      const pid = await getText('/process')
      // In a container each life has the same id: it is known by the socket it bound.
      const socket = await stat(socketPath, { bigint: true }).catch(() => undefined)
      return pid === undefined || socket === undefined ? undefined : `${pid} ${socket.ino} ${socket.mtimeNs}`
    },
    usage: async () => parseNchanStatus((await getText('/status')) ?? ''),
    close: () => agent.destroy(),
  }
}

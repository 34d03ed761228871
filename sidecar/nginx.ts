import { stat } from 'node:fs/promises'
import { Agent } from 'undici'
import { type CutResult, cutResultOf } from '../contract/stream-instances.ts'
import type { Instance } from './cutter.ts'

/** One instance of Nchan, by its back door: see `nginx/inner.conf`. */
export interface NginxInstance extends Instance {
  /** How full its shared memory is, from 0 to 1; undefined when it does not answer. */
  memoryUse(): Promise<number | undefined>
  close(): Promise<void>
}

export function connectInstance(socketPath: string, timeoutMs = 2_000): NginxInstance {
  const agent = new Agent({
    connect: { socketPath, timeout: timeoutMs },
    connections: 8,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const ask = (path: string, method: 'GET' | 'DELETE') =>
    agent.request({ origin: 'http://nginx', path, method, headers: { Accept: 'text/json' } })

  async function textOf(path: string): Promise<string | undefined> {
    try {
      const { statusCode, body } = await ask(path, 'GET')
      const text = await body.text()
      return statusCode === 200 ? text : undefined
    } catch {
      return undefined
    }
  }

  return {
    async cut(channel): Promise<CutResult> {
      try {
        const { statusCode, body } = await ask(`/channel/${channel}`, 'DELETE')
        await body.dump()
        return cutResultOf(statusCode)
      } catch {
        return 'away'
      }
    },
    async subscribers(channel) {
      try {
        const { statusCode, body } = await ask(`/channel/${channel}`, 'GET')
        if (statusCode === 404) {
          await body.dump()
          return 0
        }
        const said = (await body.json()) as { subscribers?: unknown } // Nchan's channel information
        return statusCode === 200 ? Number(said.subscribers ?? 0) : undefined
      } catch {
        return undefined
      }
    },
    async life() {
      const pid = await textOf('/life')
      // In a container each life has the same id: it is known by the socket it bound.
      const socket = await stat(socketPath, { bigint: true }).catch(() => undefined)
      return pid === undefined || socket === undefined ? undefined : `${pid} ${socket.ino} ${socket.mtimeNs}`
    },
    async memoryUse() {
      const text = (await textOf('/status')) ?? ''
      const used = /^shared memory used: (\d+)K/m.exec(text)?.[1]
      const limit = /^shared memory limit: (\d+)K/m.exec(text)?.[1]
      return used === undefined || limit === undefined ? undefined : Number(used) / Number(limit)
    },
    close: () => agent.destroy(),
  }
}

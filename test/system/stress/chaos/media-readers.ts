import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../../../support/stack.ts'

/** @returns the status; 0 where the connection ended without an answer, or none came within 20 s */
export const requestMediaStatus = ({ url }: Pick<Stack, 'url'>, token: string): Promise<number> =>
  new Promise((resolve) => {
    const headers = { Authorization: `Bearer ${token}` }
    const req = get(`${url}/media/1001/hello.wav`, { headers, agent: false, timeout: 20_000 }, (res) => {
      res.resume()
      res.once('close', () => resolve(res.statusCode ?? 0))
    })
    req.once('timeout', () => req.destroy())
    req.once('error', () => resolve(0))
  })

export interface MediaReaders {
  statuses: Map<number, number>
  stop(): Promise<void>
}

/** Clients of living sessions that ask for a file over and over. */
export function startMediaReaders(stack: Stack, tokens: readonly string[]): MediaReaders {
  const statuses = new Map<number, number>()
  let isOver = false
  const readers = tokens.map(async (token) => {
    while (!isOver) {
      const status = await requestMediaStatus(stack, token)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await sleep(50)
    }
  })
  return {
    statuses,
    async stop() {
      isOver = true
      await Promise.all(readers)
    },
  }
}

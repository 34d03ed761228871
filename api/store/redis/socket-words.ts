import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { SocketWords } from '../../core/socket-words.ts'
import { orUnavailable } from './fault.ts'

const CHANNEL = 'hookswitch:sockets'
const Passed = z.object({
  to: z.array(z.string()),
  message: z.looseObject({ type: z.string() }),
})

/**
 * @param redis for publishing
 * @param hearing a connection that does nothing but subscribe; others may subscribe on it, too
 */
export function createSocketWords(redis: Redis, hearing: Redis): SocketWords {
  const listeners = new Set<Parameters<SocketWords['on']>[0]>()
  hearing.on('message', (channel: string, text: string) => {
    const passed = channel === CHANNEL ? read(text) : undefined
    if (passed === undefined) return
    for (const listener of listeners) listener(passed.to, passed.message)
  })
  const subscribe = () => void hearing.subscribe(CHANNEL).catch(() => {}) // the connection broke: it comes back
  hearing.on('ready', subscribe)
  if (hearing.status === 'ready') subscribe()
  else if (hearing.status === 'wait') hearing.connect().catch(() => {})

  return {
    async pass(to, message) {
      await orUnavailable(redis.publish(CHANNEL, JSON.stringify({ to, message })))
    },
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function read(text: string) {
  try {
    return Passed.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // not JSON: not ours
  }
}
